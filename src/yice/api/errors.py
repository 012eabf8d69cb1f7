"""One shape for everything that goes wrong: `{ok, code, error, errors: [{code, what, where, why, fix, field}], status}`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from yice.terms.errors import AwayError, Problem, Problems
from yice.terms.messages import Message
from yice.terms.status import is_away, status_of

log = logging.getLogger(__name__)


class Refused(Problem):
    """What the API itself refuses, before any service is asked: with its status and headers."""

    def __init__(
        self, status: int, code: str, what: Message, *, headers: Mapping[str, str] | None = None, **said: Any
    ) -> None:
        super().__init__(code, what, **said)
        self.status, self.headers = status, dict(headers or {})


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Any exception as an answer; what nobody foresaw is a fault of ours, logged and told without its cause."""
    found = problem_of(error)
    if found is None:
        got_request_exception.send(sender=answer, request=request)
        found = Refused(
            500,
            "fault",
            Message("系统内部出错，什么也没有保存。"),
            fix=Message("请稍后再试；如果再次出错，请把 X-Request-ID 告诉系统管理员。"),
        )
    return shaped(found)


def shaped(found: Problem | Problems) -> HttpResponse:
    problems = found.problems if isinstance(found, Problems) else [found]
    status = found.status if isinstance(found, Refused) else status_of(found)
    body = {
        "ok": False,
        "code": problems[0].code if len(problems) == 1 else "problems",
        "error": " ".join(str(problem) for problem in problems),
        "errors": [problem.as_dict() for problem in problems],
        "status": status,
    }
    headers = found.headers if isinstance(found, Refused) else {}
    return JsonResponse(body, status=status, headers=headers, json_dumps_params={"ensure_ascii": False})


def problem_of(error: Exception) -> Problem | Problems | None:
    """What an exception says to whoever asked; None: nothing, it is ours."""
    match error:
        case Problem() | Problems():
            return error
        case ValidationError():
            return Problems(map(_of_field, error.errors))
        case Http404():
            return Refused(404, "address-not-found", Message("没有这个地址。"), fix=_LIST)
        case HttpError() | UnicodeDecodeError():
            return Refused(400, "body-unreadable", Message("正文不是能读懂的 JSON。"), fix=_UTF8)
        case RequestDataTooBig():
            return too_large()
        case DisallowedHost():
            return Refused(400, "host-unknown", Message("这个主机名不归本系统应答。"))
        case SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            return Refused(400, "request-unreadable", Message("请求没有完整到达，或写法不对。"))
        case OperationalError() | InterfaceError() | AwayError() if is_away(error):
            log.error("the database or the files are away", exc_info=sys.exc_info())
            return Refused(
                503,
                "busy",
                Message("系统正忙，什么也没有保存。"),
                fix=Message("请过一会儿用同一个 Idempotency-Key 再试。"),
                headers={"Retry-After": "20"},
            )
    return None


def too_large() -> Refused:
    return Refused(413, "body-large", Message("正文太大。"), fix=Message("请分成几次提交。"))


def not_allowed(allowed: str) -> Refused:
    what = Message("这个地址不能这样请求。")
    fix = Message("可以用的方法：{methods}。", methods=allowed)
    return Refused(405, "method-not-allowed", what, fix=fix, headers={"Allow": allowed})


_LIST = Message("可用的地址列在 /api/。")
_UTF8 = Message("请用 UTF-8 写一个 JSON 对象，不含 NaN、空字符和半个字符。")
_LIMITS: Mapping[str, Message] = {
    "missing": Message("请填写这一项。"),
    "extra_forbidden": Message("没有这一项。"),
    "string_too_long": Message("最多 {max_length} 字。"),
    "string_too_short": Message("至少 {min_length} 字。"),
    "too_long": Message("最多 {max_length} 项。"),
    "too_short": Message("至少 {min_length} 项。"),
    "greater_than_equal": Message("不能小于 {ge}。"),
    "less_than_equal": Message("不能大于 {le}。"),
}
_KINDS: tuple[tuple[str, Message], ...] = (
    ("int", Message("请填写整数。")),
    ("bool", Message("请填写 true 或 false。")),
    ("date", Message("日期应写作 2020-06-30。")),
    ("uuid", Message("编号的写法不对。")),
    ("string_pattern", Message("写法不对。")),
    ("string", Message("请填写文字。")),
    ("literal", Message("请从列出的各项中选择。")),
    ("enum", Message("请从列出的各项中选择。")),
    ("list", Message("请填写一个列表。")),
    ("dict", Message("请填写一个对象。")),
    ("model", Message("请填写一个对象。")),
)
_OTHER = Message("写法不对。")


def _of_field(said: Mapping[str, Any]) -> Problem:
    """A field that cannot be read, without what stood in it."""
    kind, loc = str(said["type"]), [str(part) for part in said["loc"]]
    path = ".".join(loc[2:] if loc[0] in ("body", "form") and len(loc) > 2 else loc[1:]) or loc[0]
    known = _LIMITS.get(kind)
    if known is not None:
        what = Message.of(known.text, said.get("ctx") or {})
    else:
        what = next((text for start, text in _KINDS if kind.startswith(start)), _OTHER)
    return Problem(
        f"field-{kind.replace('_', '-')}", what, where=Message("“{path}”：", path=path), field=path
    )
