"""The description of the API: what ninja derives from the shapes, and what every operation has in common."""

from __future__ import annotations

from functools import cache
from typing import Any

from yice.api.door import KEY, OPERATIONS
from yice.api.rest import api
from yice.api.shapes import Wrong

PREFIX = "/api/v1/"
_ABOUT = (
    "For other systems, over the same rules as the pages. A bearer token; Accept-Language zh-CN or en; every write with an"
    " Idempotency-Key; lists end with next: null; every failure has the shape Wrong. See docs/api.md."
)
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
    "description": "Yours, new for each write; sent again it does nothing twice and is answered alike.",
}


@cache
def schema() -> dict[str, Any]:
    """OpenAPI 3.1, made once a process."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    found["info"]["description"] = _ABOUT
    found["components"]["schemas"]["Wrong"] = _inlined(Wrong.model_json_schema())
    found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    for methods in found["paths"].values():
        for said in methods.values():
            _complete(said)
    return found


def _complete(said: dict[str, Any]) -> None:
    declared = OPERATIONS[said["operationId"]]
    if said.get("description") == said["summary"]:
        del said["description"]
    said["responses"]["default"] = {
        "description": "What went wrong.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrong"}}},
    }
    said["x-actions"] = sorted(action.value for action in declared.actions)
    if declared.writes:
        said.setdefault("parameters", []).append(_KEY)
    good = next(one for status, one in said["responses"].items() if str(status).startswith("2"))
    good["links"] = {
        to: {"operationId": to, "parameters": {name: f"$response.body#/{where}"}}
        for to, (name, where) in declared.leads.items()
    }


def _inlined(shape: dict[str, Any]) -> dict[str, Any]:
    """A shape with the parts it refers to written out."""
    parts = shape.pop("$defs", {})

    def whole(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                return whole(parts[value["$ref"].rpartition("/")[2]])
            return {name: whole(one) for name, one in value.items()}
        return [whole(one) for one in value] if isinstance(value, list) else value

    inlined: dict[str, Any] = whole(shape)
    return inlined
