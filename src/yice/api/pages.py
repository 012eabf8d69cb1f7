"""What anybody may read: the description for machines, and the same as a page for people."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from yice.accounts.enums import Action
from yice.api.door import EVERYBODY, OPERATIONS
from yice.api.openapi import schema


@dataclass(frozen=True)
class Line:
    method: str
    path: str
    name: str
    summary: str
    more: str
    actions: list[str]
    writes: bool


@require_GET
def described(request: HttpRequest) -> HttpResponse:
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[Line]] = {}
    for path, methods in schema()["paths"].items():
        for method, said in methods.items():
            declared = OPERATIONS[said["operationId"]]
            actions = (
                [] if declared.actions == EVERYBODY else [str(Action(one).label) for one in declared.actions]
            )
            line = Line(
                method.upper(),
                path,
                said["operationId"],
                said["summary"],
                said.get("description", ""),
                actions,
                declared.writes,
            )
            groups.setdefault(said["tags"][0], []).append(line)
    return HttpResponse(render_to_string("api/operations.html", {"groups": groups}))


for one in (described, listing):
    one.actions = ()  # type: ignore[attr-defined] # anybody
