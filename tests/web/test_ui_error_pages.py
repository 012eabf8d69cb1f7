"""Whatever goes wrong ends in a kind page with a way on, and never in a trace."""

from __future__ import annotations

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

NOT_OURS = Problem(
    "area-other", Message("这份名单不是江海区的"), where=Message("第 3 行"), fix=Message("请核对文件")
)
FAULTS = {
    "problem": NOT_OURS,
    "problems": Problems([NOT_OURS, Problem("x", Message("没有月份"))]),
    "forbidden": Problem("forbidden", Message("不在您负责的区域内")),
    "missing": Problem("not-found", Message("没有这个人")),
    "stale": Problem("changed-meanwhile", Message("这条线索已有新的结果")),
    "busy": OperationalError("database is locked"),
    "fault": ValueError("440799199001011234"),
    "suspicious": SuspiciousOperation("bad"),
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise FAULTS[name]


urlpatterns = [path("fail/<name>/", fail)]
handler400 = "yice.web.ui.views.bad_request"
handler403 = "yice.web.ui.views.forbidden"
handler404 = "yice.web.ui.views.not_found"
handler500 = "yice.web.ui.views.failed"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("problem", 422, "这份名单不是江海区的"),
        ("problems", 422, "没有月份"),
        ("forbidden", 403, "不在您负责的区域内"),
        ("missing", 404, "没有这个人"),
        ("stale", 409, "别人刚刚改过"),
        ("busy", 503, "系统正忙，这一步没有保存"),
        ("fault", 500, "系统出错，这一步没有保存"),
        ("suspicious", 400, "什么也没有改动"),
    ],
)
def test_a_failure_is_a_page(name: str, status: int, said: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get(f"/fail/{name}/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page and 'href="/"' in page and "12385" in page
    assert "440799" not in page and "Traceback" not in page


def test_a_page_that_is_not_there_says_so(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404 and "没有找到这一页" in answer.content.decode()


def test_a_lock_tells_when_to_come_back(client: Client) -> None:
    assert client.get("/fail/busy/").headers["Retry-After"] == "20"


def test_a_form_sent_too_late_says_that_nothing_was_saved(settings: object) -> None:
    settings.CSRF_FAILURE_VIEW = "yice.web.ui.views.csrf_failure"  # type: ignore[attr-defined]
    answer = Client(enforce_csrf_checks=True).post("/fail/problem/")
    assert answer.status_code == 403 and "表单已过期，没有保存" in answer.content.decode()
