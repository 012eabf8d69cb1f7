"""A commissioner's day on a telephone whose network is really gone, whose browser is really killed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect
from tests.axe import wider_than_window
from tests.browser.line import Line
from tests.browser.telephone import FORGET_SCRIPTS, Telephone, sign_in, stored
from tests.web.desk_world import PIXEL
from tests.web.village import Village

from yice.loop.identify.models import (
    Answer,
    NeedVoice,
    Visit,
    VisitConflict,
    VisitImage,
    VisitList,
    VisitRecord,
)
from yice.loop.identify.services import Said, record_visit
from yice.loop.identify.services.visits_images import picture
from yice.web.desk import visit_forms

pytestmark = pytest.mark.browser


def on_the_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def test_written_without_a_network_and_after_a_kill_it_arrives_once(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    line.cut()
    page.goto("/")  # wherever somebody goes, the day is what there is
    expect(page).to_have_url(re.compile(day))
    expect(page.get_by_role("status")).to_contain_text("没有网络")
    page.get_by_role("link", name="欧阳明").tap()
    page.get_by_text("见到本人或家属").tap()
    page.get_by_text("要问的 2 件事").tap()
    page.get_by_text("否", exact=True).tap()
    page.get_by_label("备注").fill("楼道没有扶手")
    page.get_by_text("有需要帮助的事").tap()
    page.get_by_label("需要哪方面的帮助").select_option("device")
    page.get_by_label("怎么说的").fill("想要一辆轮椅")
    page.get_by_text("照片", exact=True).first.tap()
    photo = {"name": "door.png", "mimeType": "image/png", "buffer": PIXEL}
    page.locator("input[type=file]").set_input_files([photo])
    expect(page.get_by_alt_text("第 1 张照片")).to_be_visible()
    page.get_by_text("本人或监护人同意拍照").tap()
    page.get_by_text("签名", exact=True).tap()
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    page.mouse.up()
    assert wider_than_window(page) == 0
    page.wait_for_timeout(300)
    telephone.kill()  # half filled in

    page = telephone.open()
    page.goto(day)
    page.get_by_role("link", name="欧阳明").tap()
    expect(page.get_by_label("备注")).to_have_value("楼道没有扶手")
    expect(page.get_by_alt_text("第 1 张照片")).to_be_visible()
    page.get_by_role("button", name="保存这次走访").tap()
    expect(page).to_have_url(re.compile(f"{day}$"))
    expect(page.get_by_role("status")).to_contain_text("1 条记录在这台设备上等待送出")
    page.get_by_role("link", name="林小禾").tap()
    page.get_by_role("button", name="见到了，没有变化：保存").tap()
    expect(page.get_by_role("status")).to_contain_text("2 条记录")
    telephone.kill()
    for secret in ("楼道没有扶手", "想要一辆轮椅", "欧阳明"):
        assert secret.encode() not in on_the_disk(telephone.folder)
        assert secret.encode("utf-16-le") not in on_the_disk(telephone.folder)

    page = telephone.open()
    page.goto(day)
    page.context.clear_cookies()  # the sign-in ran out meanwhile
    line.mend()
    wrong = {"status": 500, "content_type": "application/json", "body": "{}"}
    first = Visit.objects.get(list=today, person=village.ouyang)
    page.route(
        f"**{day}{first.position}/", lambda asked: asked.fulfill(**wrong)
    )  # the site fails at the first
    page.get_by_role("button", name="现在送出").tap()  # and the one behind it is tried
    expect(page.get_by_role("status")).to_contain_text("登录已过期")
    page.unroute_all()
    page.get_by_role("link", name="登录", exact=True).tap()
    expect(page.get_by_label("密码", exact=True)).to_be_visible()
    assert not VisitRecord.objects.exists()
    sign_in(page, village.cast.chen)
    page.goto(day)
    expect(page.get_by_role("status")).to_contain_text("没有等待送出的记录")
    expect(page.get_by_role("status")).to_contain_text("上次送出")
    page.reload()
    expect(page.get_by_text("见到了，情况没有变化")).to_be_visible()
    results = dict(Visit.objects.filter(list=today).values_list("person__name", "result"))
    assert results == {"欧阳明": "met", "林小禾": "unchanged"}
    assert VisitRecord.objects.count() == 2
    assert NeedVoice.objects.get().said == "想要一辆轮椅" and Answer.objects.get().value is False
    assert set(VisitImage.objects.values_list("kind", flat=True)) == {"photo", "signature"}


def test_what_a_colleague_wrote_meanwhile_is_shown_beside_it(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    line.cut()
    row = Visit.objects.get(list=today, person=village.ouyang)
    page.goto(f"{day}{row.position}/")
    page.get_by_text("见到本人或家属").tap()
    page.get_by_label("备注").fill("在院子里")
    page.get_by_role("button", name="保存这次走访").tap()
    expect(page.get_by_role("status")).to_contain_text("1 条记录")
    said = Said({"result": "not_home", "note": "敲门没有人"})
    record_visit(actor=village.cast.liang, visit=row, said=said, version=0, key="desk")
    line.mend()
    page.get_by_role("button", name="现在送出").tap()
    expect(page.get_by_role("status")).to_contain_text("其中 1 条与同事登记的不一致")
    expect(page.get_by_text("已送到")).to_be_visible()  # the page stood since before it was sent
    assert VisitConflict.objects.filter(decided="").count() == 2
    page.goto(f"{day}{row.position}/")
    page.get_by_text("在院子里（").tap()
    page.get_by_role("button", name="选定").tap()
    expect(page.get_by_text("敲门没有人")).to_have_count(0)
    row.refresh_from_db()
    assert (row.result, row.note) == ("not_home", "在院子里")
    assert VisitConflict.objects.filter(decided="").count() == 1


def test_whoever_signs_in_next_sees_and_sends_nothing_of_it(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    line.cut()
    page.goto(day)
    page.get_by_role("link", name="林小禾").tap()
    page.get_by_role("button", name="见到了，没有变化：保存").tap()
    expect(page.get_by_role("status")).to_contain_text("1 条记录")
    page.context.clear_cookies()
    line.mend()
    sign_in(page, village.cast.liang)  # of the street: may read the same list
    page.goto(day)
    expect(page.get_by_role("status")).to_contain_text("没有等待送出的记录")
    assert not VisitRecord.objects.exists()
    expect(page.locator("html[data-stored]")).to_be_attached()
    page.get_by_role("button", name="退出登录").tap()
    expect(page.get_by_label("密码", exact=True)).to_be_visible()
    page.wait_for_timeout(300)
    line.cut()
    with pytest.raises(Error, match="ERR_"):
        page.goto(day)  # nothing of either is kept to be looked at
    line.mend()
    sign_in(page, village.cast.chen)
    page.goto(day)
    expect(page.get_by_role("status")).to_contain_text("上次送出")
    assert VisitRecord.objects.get().by == village.cast.chen


SLOW_DEVICE = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...asked) {
    const request = open.apply(this, asked);
    const later = (then) => request.addEventListener("success", () => setTimeout(then, 1500));
    Object.defineProperty(request, "onsuccess", { set: later });
    return request;
};
"""


def test_a_tap_before_the_device_has_answered_is_kept(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    line.cut()
    row = Visit.objects.get(list=today, person=village.lin)
    page.add_init_script(SLOW_DEVICE)
    page.goto(f"{day}{row.position}/")
    page.get_by_role("button", name="见到了，没有变化：保存").tap()
    expect(page).to_have_url(re.compile(f"{day}$"))
    expect(page.get_by_role("status")).to_contain_text("1 条记录在这台设备上等待送出")


def test_a_signal_too_weak_to_send_holds_nobody_up(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    line.silence()
    for waiting, person in enumerate((village.lin, village.ouyang), 1):
        row = Visit.objects.get(list=today, person=person)
        page.goto(f"{day}{row.position}/")
        page.get_by_role("button", name="见到了，没有变化：保存").tap()
        expect(page).to_have_url(re.compile(f"{day}$"), timeout=20_000)
        expect(page.get_by_role("status")).to_contain_text(f"{waiting} 条记录", timeout=20_000)
    line.cut()
    line.mend()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("没有等待送出的记录")
    assert set(Visit.objects.filter(list=today).values_list("result", flat=True)) == {"unchanged"}


def test_what_was_typed_before_the_draft_came_back_holds(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    row = Visit.objects.get(list=today, person=village.ouyang)
    page.goto(f"{day}{row.position}/")
    expect(page.locator("[data-device]")).to_be_visible()
    page.get_by_text("见到本人或家属").tap()
    page.get_by_label("备注").fill("昨天写了一半")
    page.wait_for_timeout(300)
    page.add_init_script(SLOW_DEVICE)
    page.reload()
    page.get_by_label("备注").fill("今天写的")
    expect(page.get_by_label("见到本人或家属")).to_be_checked()  # the rest of it came back
    expect(page.get_by_label("备注")).to_have_value("今天写的")
    page.get_by_role("button", name="保存这次走访").tap()
    expect(page).to_have_url(re.compile(f"{day}$"))
    row.refresh_from_db()
    assert (row.result, row.note) == ("met", "今天写的")


def test_a_form_whose_script_never_came_is_kept_too(
    village: Village,
    today: VisitList,
    telephone: Telephone,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    came = list[bytes]()
    monkeypatch.setattr(visit_forms, "picture", lambda *said: came.append(said[1]) or picture(*said))
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    row = Visit.objects.get(list=today, person=village.ouyang)
    page.evaluate(FORGET_SCRIPTS)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    line.cut()
    page.goto(f"{day}{row.position}/")
    assert page.evaluate("window.yiceDevice") is None
    key = page.locator("input[name=key]").input_value()
    page.get_by_text("见到本人或家属").tap()
    page.get_by_label("备注").fill("楼道没有扶手")
    page.get_by_text("照片", exact=True).first.tap()
    photo = {"name": "door.png", "mimeType": "image/png", "buffer": PIXEL}
    page.locator("input[type=file]").set_input_files([photo])
    page.get_by_text("本人或监护人同意拍照").tap()
    page.get_by_role("button", name="保存这次走访").tap()
    expect(page).to_have_url(re.compile(f"{day}$"))
    assert "楼道没有扶手".encode() not in on_the_disk(telephone.folder)
    line.mend()
    page.goto(day)  # the page's script comes with the network, and sends
    expect(page.get_by_role("status")).to_contain_text("上次送出")
    row.refresh_from_db()
    assert (row.result, row.note) == ("met", "楼道没有扶手")
    assert VisitRecord.objects.get().key != key and VisitImage.objects.get().kind == "photo"
    assert [one[:3] for one in came] == [
        b"\xff\xd8\xff"
    ]  # made anew before it waited: the camera's words are gone


def test_a_plain_form_whose_answer_was_lost_quarrels_with_nobody(
    village: Village, today: VisitList, telephone: Telephone, line: Line
) -> None:
    page = telephone.open()
    sign_in(page, village.cast.chen)
    day = stored(page, today)
    row = Visit.objects.get(list=today, person=village.ouyang)
    line.cut()
    page.goto(f"{day}{row.position}/")
    follows = page.locator("input[name=follows]")  # the key this copy came with
    expect(follows).not_to_have_value("")
    said = Said({"result": "met", "note": "楼道没有扶手", "next_on": None, "signed_by": "", "witness": ""})
    record_visit(
        actor=village.cast.chen, visit=row, said=said, version=0, key=follows.input_value()
    )  # it had gone out
    page.get_by_text("见到本人或家属").tap()
    page.get_by_label("备注").fill("楼道没有扶手，灯也坏了")
    page.get_by_role("button", name="保存这次走访").tap()
    expect(page).to_have_url(re.compile(f"{day}$"))
    line.mend()
    page.goto(day)
    expect(page.get_by_role("status")).to_contain_text("上次送出")
    row.refresh_from_db()
    assert row.note == "楼道没有扶手，灯也坏了"
    assert not VisitConflict.objects.exists()
