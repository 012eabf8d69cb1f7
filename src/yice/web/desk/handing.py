"""Hand a file over: what left, with which filters, how many rows and its digest stand in the record first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.exchange.exports import CONTENT_TYPES, FORMS, made
from yice.loop.identify.selectors.exports import Export
from yice.loop.identify.services import exported
from yice.terms import clock
from yice.web.ui import words


def form_of(request: HttpRequest) -> str:
    """`?format=csv`; anything else is a workbook."""
    asked = request.GET.get("format", "xlsx")
    return asked if asked in FORMS else "xlsx"


def hand_over(
    request: HttpRequest,
    export: Export,
    title: str,
    *,
    filters: Mapping[str, object],
    about: Sequence[tuple[str, str]] = (),
) -> FileResponse:
    """`export` as the file the request asks for. Recorded before the first byte leaves."""
    posts = [post for post, _grant in access.grants(request.user, Action.EXPORT)]
    said = [
        (_("内容"), title),
        (_("区域"), words.listed(dict.fromkeys(post.area.name for post in posts))),
        (_("导出时间"), words.moment(clock.now())),
        (_("导出人"), request.user.name),
        (_("行数"), str(export.table.num_rows)),
        *about,
        (_("说明"), _("线索都是“疑似”，核实之后才算数；空格表示不清楚，不表示没有。")),
    ]
    file = made(export, form_of(request), title=title, areas=[post.area_id for post in posts], about=said)
    exported(
        actor=request.user,
        what=title,
        filters=filters,
        rows=file.rows,
        digest=file.digest,
        format=file.form,
    )
    response = FileResponse(
        file.file, as_attachment=True, filename=file.name, content_type=CONTENT_TYPES[file.form]
    )
    response["Cache-Control"] = "no-store"
    return response
