"""What else a telephone meets: another tab, another site, another account, a device that never answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect
from tests.browser.line import Line
from tests.browser.telephone import FORGET_SCRIPTS, Telephone, sign_in, stored
from tests.web.village import Village

from yice.loop.identify.models import Visit, VisitConflict, VisitList, VisitRecord
from yice.loop.identify.services import Said, record_visit

pytestmark = pytest.mark.browser

ONE_TAP = "见到了，没有变化：保存"
SILENT_DEVICE = "IDBFactory.prototype.open = function () { return {}; };"
KEPT = """
new Promise((done) => {
    const asked = indexedDB.open("yice-device", 1);
    asked.onupgradeneeded = () => done([0, 0]);
    asked.onsuccess = () => {
        const stores = asked.result.transaction(["pages", "keys"]);
        const pages = stores.objectStore("pages").count();
        const keys = stores.objectStore("keys").count();
        stores.oncomplete = () => done([pages.result, keys.result]);
    };
})
"""


def ready(telephone: Telephone, village: Village, today: VisitList) -> tuple[Page, str]:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    return page, stored(page, today)


def form_of(today: VisitList, person: Any) -> tuple[Visit, str]:
    row = Visit.objects.get(list=today, person=person)
    return row, f"/visits/{today.uuid}/{row.position}/"


def without_scripts(page: Page) -> None:
    page.evaluate(FORGET_SCRIPTS)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def nothing_waits(page: Page, day: str) -> None:
    page.goto(day)
    told = page.locator("[data-device] [role=status]")  # beside it the site may say what a plain form came to
    expect(told).to_contain_text("没有等待送出的记录")


def test_a_choice_between_two_values_is_no_record(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page, day = ready(telephone, village, today)
    row, form = form_of(today, village.ouyang)
    for user, note in ((village.cast.liang, "敲门没有人"), (village.cast.chen, "在院子里")):
        record_visit(actor=user, visit=row, said=Said({"result": "met", "note": note}), version=0, key=note)
    page.goto(form)
    page.get_by_text("在院子里（").tap()
    line.cut()
    page.get_by_role("button", name="选定").tap()
    page.wait_for_timeout(500)
    line.mend()
    nothing_waits(page, day)
    assert VisitConflict.objects.get().decided == ""
    page.goto(form_of(today, village.lin)[1])  # and holds up nobody
    page.get_by_role("button", name=ONE_TAP).tap()
    expect(page).to_have_url(re.compile(f"{day}$"))
    expect(page.get_by_role("status")).to_contain_text("没有等待送出的记录")
    assert VisitRecord.objects.filter(visit__person=village.lin).count() == 1


def test_what_another_site_sends_here_waits_for_nobody(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page, day = ready(telephone, village, today)
    owner = page.locator("html").get_attribute("data-who")
    _row, form = form_of(today, village.ouyang)
    line.cut()
    page.goto("about:blank")
    page.set_content(
        f'<form method="post" enctype="multipart/form-data" action="{line.url}{form}">'
        f'<input name="owner" value="{owner}"><input name="key" value="theirs"><input name="version" value="0">'
        '<input name="seen" value="0"><input name="result" value="met"><button>Win</button></form>'
    )
    page.get_by_role("button").tap()
    page.wait_for_timeout(500)
    line.mend()
    nothing_waits(page, day)
    assert not VisitRecord.objects.exists()


def test_a_plain_form_never_waits_for_another_account(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page, day = ready(telephone, village, today)
    _row, form = form_of(today, village.ouyang)
    without_scripts(page)
    line.cut()
    page.goto(form)  # a copy, as Chen opened it
    line.mend()
    other = page.context.new_page()
    page.context.clear_cookies()
    sign_in(other, village.cast.liang)
    stored(other, today)
    line.cut()
    page.get_by_role("button", name=ONE_TAP).tap()
    page.wait_for_timeout(500)
    line.mend()
    nothing_waits(other, day)
    assert not VisitRecord.objects.exists()


def test_a_silent_line_holds_no_plain_form(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page, day = ready(telephone, village, today)
    row, form = form_of(today, village.ouyang)
    without_scripts(page)
    line.cut()
    page.goto(form)
    line.silence()
    page.get_by_role("button", name=ONE_TAP).tap(no_wait_after=True)
    expect(page).to_have_url(re.compile(f"{day}$"), timeout=25_000)
    line.cut()
    line.mend()
    nothing_waits(page, day)
    row.refresh_from_db()
    assert row.result == "unchanged"


def test_two_tabs_lose_nothing_of_each_other(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page, day = ready(telephone, village, today)
    _row, form = form_of(today, village.ouyang)
    line.cut()
    tabs = [page, page.context.new_page()]
    for tab in tabs:
        tab.goto(form)
        expect(tab.locator("[data-device]")).to_be_visible()
    for tab, note in zip(tabs, ("在院子里", "楼道没有扶手"), strict=True):
        tab.bring_to_front()
        tab.get_by_text("见到本人或家属").tap()
        tab.get_by_label("备注").fill(note)
        tab.get_by_role("button", name="保存这次走访").tap()
        expect(tab).to_have_url(re.compile(f"{day}$"))
    expect(tabs[1].get_by_role("status")).to_contain_text("2 条记录")
    line.mend()
    nothing_waits(page, day)
    said = [record.said["note"] for record in VisitRecord.objects.order_by("id")]
    assert said == ["在院子里", "楼道没有扶手"]


def test_what_is_typed_after_the_tap_quarrels_with_nobody(
    village: Village, today: VisitList, telephone: Telephone
) -> None:
    page, day = ready(telephone, village, today)
    row, form = form_of(today, village.ouyang)
    held: list[Route] = []
    page.goto(form)
    expect(page.locator("[data-device]")).to_be_visible()
    page.route(f"**{form}", lambda asked: held.append(asked) if not held else asked.continue_())
    page.get_by_role("button", name=ONE_TAP).tap()
    page.wait_for_timeout(500)
    page.get_by_label("备注").fill("楼道没有扶手")
    page.locator("button[name=quick]").tap()  # the second tap is the first one
    page.wait_for_timeout(500)
    assert len(held) == 1
    held[0].continue_()
    expect(page).to_have_url(re.compile(f"{day}$"))
    page.unroute_all()
    row.refresh_from_db()
    assert (row.result, row.note) == ("unchanged", "")
    page.goto(form)
    expect(page.get_by_label("备注")).to_have_value("楼道没有扶手")
    page.get_by_text("见到本人或家属").tap()
    page.get_by_role("button", name="保存这次走访").tap()
    expect(page).to_have_url(re.compile(f"{day}$"))
    row.refresh_from_db()
    assert (row.result, row.note) == ("met", "楼道没有扶手")
    assert not VisitConflict.objects.exists()


def test_one_that_is_too_large_holds_up_nobody(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page, day = ready(telephone, village, today)
    line.cut()
    forms = [form_of(today, person)[1] for person in (village.ouyang, village.lin)]
    for form in forms:
        page.goto(form)
        page.get_by_role("button", name=ONE_TAP).tap()
        expect(page).to_have_url(re.compile(f"{day}$"))
    expect(page.get_by_role("status")).to_contain_text("2 条记录")
    large = {"status": 413, "content_type": "text/html", "body": "<h1>Too large</h1>"}
    page.route(f"**{forms[0]}", lambda asked: asked.fulfill(**large))
    line.mend()
    page.get_by_role("button", name="现在送出").tap()
    expect(page.get_by_role("status")).to_contain_text("1 条记录")
    assert VisitRecord.objects.get().visit.person == village.lin


def test_a_device_that_never_answers_holds_nobody_up(
    village: Village, today: VisitList, telephone: Telephone
) -> None:
    page, day = ready(telephone, village, today)
    row, form = form_of(today, village.ouyang)
    page.add_init_script(SILENT_DEVICE)
    page.goto(form)
    page.get_by_role("button", name=ONE_TAP).tap()
    expect(page).to_have_url(re.compile(f"{day}$"), timeout=20_000)
    row.refresh_from_db()
    assert row.result == "unchanged"
    page.get_by_role("button", name="退出登录").tap()
    expect(page.get_by_label("密码", exact=True)).to_be_visible(timeout=30_000)


def test_who_leaves_by_the_first_page_that_kept_something_leaves_nothing(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page, day = ready(telephone, village, today)
    line.cut()
    page.get_by_role("button", name="退出登录").tap()
    page.wait_for_timeout(500)
    with pytest.raises(Error, match="ERR_"):
        page.goto(day)


def test_a_copy_that_arrives_after_its_reader_left_is_not_kept(
    village: Village, today: VisitList, telephone: Telephone
) -> None:
    page, day = ready(telephone, village, today)
    held: list[Route] = []

    def hold(asked: Route) -> None:
        if asked.request.resource_type == "fetch" or asked.request.method == "POST":
            held.append(asked)
        else:
            asked.continue_()

    page.route("**/*", hold)
    page.goto(day)
    page.wait_for_timeout(500)
    assert len(held) == 1  # the day's copy is on its way
    page.get_by_role("button", name="退出登录").tap(no_wait_after=True)
    page.wait_for_timeout(1000)
    held[0].continue_()
    page.wait_for_timeout(1000)
    for asked in held[1:]:
        asked.continue_()
    expect(page.get_by_label("密码", exact=True)).to_be_visible()
    assert page.evaluate(KEPT) == [0, 0]
