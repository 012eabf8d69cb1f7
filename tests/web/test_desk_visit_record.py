"""One visit on the page: one tap, in full, sent by a device later; what was sent twice, what two wrote differently."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import factories as make
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast
from tests.web.desk_world import PIXEL
from tests.web.village import CARE, Village, desk, errors_of, settle, text

from yice.audit.models import Event
from yice.loop.identify.models import (
    Answer,
    Household,
    Need,
    NeedVoice,
    Person,
    Visit,
    VisitConflict,
    VisitImage,
    VisitRecord,
)
from yice.loop.identify.selectors import visits as selectors
from yice.loop.identify.services import make_visit_list
from yice.terms import clock
from yice.web.ui.context_processors import owner_of

TAP = {"quick": "unchanged"}


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


class Door:
    """The first household of 陈专委's day, and the page of it as opened."""

    def __init__(self, village: Village) -> None:
        self.cast = village.cast
        self.list = make_visit_list(actor=village.cast.chen, day=clock.today())
        rows = selectors.visit_list(village.cast.chen, self.list.uuid).rows
        self.row = next(row for row in rows if row.name == "欧阳明")
        self.address = f"/visits/{self.list.uuid}/{self.row.position}/"

    def page(self, key: str = "k1", who: str = "chen") -> dict[str, Any]:
        shown = selectors.visit(getattr(self.cast, who), self.list.uuid, self.row.position).row
        asked = ",".join(one.fact for one in shown.questions)
        owner = owner_of(getattr(self.cast, who))
        return {
            "version": shown.version, "seen": shown.seen, "asked": asked, "key": key, "owner": owner,
            "result": "met", "note": shown.note, "next": "",
        }  # fmt: skip

    def typed(self, said: dict[str, Any], who: str = "chen", **more: Any) -> Any:
        return desk(getattr(self.cast, who)).post(self.address, {**said, **more})

    def synced(self, said: dict[str, Any], who: str = "chen", **more: Any) -> Any:
        client = desk(getattr(self.cast, who))
        return client.post(self.address, {**said, **more}, headers={"Accept": "application/json"})

    @property
    def visit(self) -> Visit:
        return Visit.objects.get(list=self.list, position=self.row.position)


@pytest.fixture
def door(village: Village) -> Door:
    return Door(village)


def test_one_tap_records_an_unchanged_household(door: Door) -> None:
    said = door.page()
    del said["result"]
    answer = door.typed(said, **TAP)
    assert answer.status_code == 302 and answer["Location"] == f"/visits/{door.list.uuid}/"
    assert door.visit.result == "unchanged"
    assert "情况没有变化" in text(desk(door.cast.chen).get(answer["Location"]))


def test_one_tap_records_everybody_who_was_at_home_each_by_themselves(door: Door) -> None:
    home = Household.objects.create(area=VILLAGE)
    wu, shi = make.person("吴静", household=home), make.person("石磊", household=home)
    moved = make.person("何远", household=home, residence=NEXT_VILLAGE)
    Person.objects.filter(pk=door.visit.person_id).update(household=home)
    page = text(desk(door.cast.chen).get(door.address))
    assert page.count('name="members"') == 2 and moved.name not in page
    stranger = door.page() | {"members": [str(wu.uuid), str(door.row.person)]}
    assert door.typed(stranger, **TAP).status_code == 302  # of those named only who lives there
    assert [(one.person, one.result) for one in door.list.visits.filter(person__in=(wu, shi, moved))] == [
        (wu, "unchanged")
    ]
    assert door.typed(stranger, **TAP).status_code == 302  # sent again: nothing twice
    assert door.synced(door.page("k2") | {"members": [str(wu.uuid), str(shi.uuid)]}, **TAP).json()["taken"]
    seen = door.list.visits.filter(person__in=(wu, shi)).order_by("position")
    assert [(one.person, one.version) for one in seen] == [(wu, 1), (shi, 1)]
    assert Event.objects.filter(code="visit.recorded").count() == 3


def test_everything_of_a_visit_is_kept_and_a_need_is_made(door: Door) -> None:
    photo = SimpleUploadedFile("a.png", PIXEL, "image/png")
    drawn = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    said = door.page() | {"note": "门口有台阶", "need": "device", "need_said": "想要一辆轮椅", "next": "30"}
    said |= {"drawn": drawn, "photos": [photo], "consent": "on", "q-assets_within_limit": "false"}
    assert door.typed(said).status_code == 302
    visit = door.visit
    assert (visit.note, str(visit.next_on), visit.signed_by) == ("门口有台阶", "2020-07-30", "欧阳明")
    need = Need.objects.get()
    assert (need.kind, need.channel, need.voices.get().said) == ("device", "visit", "想要一辆轮椅")
    assert Answer.objects.get().value is False
    kinds = {one.kind: one for one in VisitImage.objects.all()}
    assert kinds.keys() == {"photo", "signature"} and PIXEL not in bytes(kinds["photo"].sealed)
    shown = desk(door.cast.chen).get(f"{door.address}{kinds['photo'].pk}/")
    assert (
        shown.content == PIXEL
        and shown["Cache-Control"] == "no-store"
        and shown["Content-Type"] == "image/png"
    )
    for who in ("zhou", "luo", "sheng"):
        assert desk(getattr(door.cast, who)).get(f"{door.address}{kinds['photo'].pk}/").status_code in (
            403,
            404,
        )


def test_sent_again_it_does_nothing_twice(door: Door) -> None:
    said = door.page() | {"need": "device", "need_said": "轮椅", "q-assets_within_limit": "does_not_know"}
    for _ in range(3):
        answer = door.synced(said)
        assert answer.status_code == 200 and answer.json() == {"taken": True, "conflicts": 0}
    counted = [model.objects.count() for model in (VisitRecord, NeedVoice, Answer)]
    assert counted == [1, 1, 1] and Event.objects.filter(code="visit.recorded").count() == 1


def test_saved_again_after_an_answer_was_lost_nobody_quarrels_with_themselves(door: Door) -> None:
    first = door.page("k1") | {"note": "在家"}
    door.synced(first)
    answer = door.synced({**first, "key": "k2", "follows": "k1", "note": "在家，楼道有台阶"})
    assert answer.json()["conflicts"] == 0 and door.visit.note == "在家，楼道有台阶"


def test_two_who_wrote_differently_are_both_kept_until_decided(door: Door) -> None:
    chen, liang = door.page("k1"), door.page("k2", "liang")
    door.typed(liang | {"result": "not_home", "note": "敲门没有人", "q-assets_within_limit": "true"}, "liang")
    said = chen | {"note": "在院子里", "need": "care", "q-assets_within_limit": "false", "next": "7"}
    assert door.synced(said).json() == {"taken": True, "conflicts": 3}
    visit = door.visit
    assert (visit.result, visit.note, str(visit.next_on)) == ("not_home", "敲门没有人", "2020-07-07")
    assert Need.objects.count() == 1, "what nobody else touched is taken at once"
    page = text(desk(door.cast.chen).get(door.address))
    assert "敲门没有人" in page and "在院子里" in page and "陈专委登记的" in page
    chosen = {row.field: row.pk for row in VisitConflict.objects.filter(decided="")}
    data = {"decide": "1", f"c{chosen['note']}": "mine", f"c{chosen['assets_within_limit']}": "mine"}
    assert desk(door.cast.liang).post(door.address, data).status_code == 302
    assert (door.visit.result, door.visit.note) == ("not_home", "在院子里")
    assert [one.value for one in Answer.objects.order_by("id")] == [True, False]
    assert [one.field for one in VisitConflict.objects.filter(decided="")] == ["result"]


def test_everything_wrong_is_said_at_once_beside_its_field(door: Door) -> None:
    said = door.page() | {"result": "", "q-income_pc_month": "很多", "next": "day"}
    wrong = door.synced(said)
    assert wrong.status_code == 422
    targets = {one["target"] for one in wrong.json()["problems"]}
    assert {"id_result_0", "id_next_on_0", "id_q-income_pc_month"} <= targets
    said = door.page() | {
        "signed_by": "欧阳明",
        "need_said": "轮椅",
        "photos": [SimpleUploadedFile("a", b"x")],
    }
    refused = {one["text"] for one in door.synced(said).json()["problems"]}
    assert any("JPEG" in one for one in refused)
    said |= {"photos": [SimpleUploadedFile("a", PIXEL)]}
    refused = {one["text"] for one in door.synced(said).json()["problems"]}
    for sentence in (
        "没有手写签名时，请填写见证人。",
        "请选择需要哪方面的帮助。",
        "拍照要先征得本人或监护人同意。",
    ):
        assert any(one.endswith(sentence) for one in refused), sentence  # after the name of its field
    assert "见证人" in errors_of(door.typed(door.page() | {"signed_by": "欧阳明"}))
    assert not VisitRecord.objects.exists()


def test_only_who_wrote_it_sends_it_and_only_within_reach(door: Door) -> None:
    said = door.page()
    assert door.synced(said, "liang").json() == {"other": True}
    for who, status in (("zhou", 422), ("luo", 403)):
        mine = said | {"owner": owner_of(getattr(door.cast, who))}
        assert door.synced(mine, who).status_code == status
    assert door.synced(said, "nobody").status_code == 403
    assert not VisitRecord.objects.exists()


def test_whoever_moved_away_meanwhile_takes_nothing_with_them(door: Door, village: Village) -> None:
    said = door.page() | {"need": "device", "need_said": "轮椅", "q-assets_within_limit": "false"}
    elsewhere = {"hukou": NEXT_VILLAGE, "residence": NEXT_VILLAGE}
    type(village.ouyang).objects.filter(pk=village.ouyang.pk).update(**elsewhere)
    assert door.synced(said).json() == {"taken": True, "conflicts": 2}
    assert not Need.objects.exists()
    data = {"decide": "1", **{f"c{row.pk}": "mine" for row in VisitConflict.objects.all()}}
    desk(door.cast.chen).post(door.address, data)
    assert not Need.objects.exists(), "who took it down may not"
    desk(door.cast.liang).post(door.address, data)
    assert Need.objects.get().kind == "device" and Answer.objects.get().value is False


def test_the_days_pages_cost_no_more_with_more_people(
    door: Door, village: Village, django_assert_max_num_queries: Any
) -> None:
    for name in ("林一", "林二", "林三", "林四"):
        make.person(name, hukou=VILLAGE, **{CARE: True})
    make.screened(village.cast)
    whole = make_visit_list(actor=village.cast.chen, day=clock.today() + clock.dt.timedelta(days=1))
    client = desk(village.cast.chen)
    with django_assert_max_num_queries(45):
        client.get(f"/visits/{whole.uuid}/")
    with django_assert_max_num_queries(45):
        client.get(door.address)
