"""django-ninja, as this API uses it: strict JSON in, UTF-8 out, every exception in the one shape."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from yice.api.errors import answer
from yice.api.v1 import cases, figures, findings, imports, jobs, me, needs, persons, rights, screen

TITLE, VERSION = "Yice", "1.0"


class StrictParser(Parser):
    """JSON as other systems and the database can hold it: no NaN, no null character, no half of a character, and no
    name twice, which whoever stands between may read otherwise than we."""

    def parse_body(self, request: HttpRequest) -> Any:
        found = json.loads(request.body.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
        text = json.dumps(found, ensure_ascii=False)
        text.encode("utf-8")
        if "\\u0000" in text:
            raise ValueError("a null character")
        return found


class Utf8Renderer(JSONRenderer):
    encoder_class = NinjaJSONEncoder
    json_dumps_params = {"ensure_ascii": False}  # noqa: RUF012 - as ninja has it


def _no_number(_text: str) -> None:
    raise ValueError("not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


api = NinjaAPI(
    title=TITLE,
    version=VERSION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=StrictParser(),
    renderer=Utf8Renderer(),
)
for kind in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(kind, answer)
for one in (me, persons, rights, findings, needs, cases, imports, jobs, figures, screen):
    api.add_router("", one.router)
