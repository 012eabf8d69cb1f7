"""The yearly round: opened, filled in by two people at once, checked, locked; answers are facts, once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, STREET, VILLAGE, Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.audit.sentences import opened
from yice.loop.identify.models import Answer, Change, Facts, Finding, Household, Person, Reply, Round
from yice.loop.identify.rounds.checking import check_replies, lock_round, reopen, return_reply
from yice.loop.identify.rounds.home import confirm_home
from yice.loop.identify.rounds.official import official_rows, take_official
from yice.loop.identify.rounds.opening import open_round
from yice.loop.identify.rounds.reading import Typed
from yice.loop.identify.rounds.saving import decide_dispute, save_reply
from yice.loop.identify.selectors import rounds
from yice.loop.identify.services.taking import fact_of, plan_of
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
FORM = {"status": "6", "mode": "visit", "declarant": "self"}
# A man of fifty with a rural registration who does not work: everything that is asked of him.
SAID = {
    "R4": "2", "R5": "周小山", "R6": "13812340009", "R7": "2", "R10": "3", "R11": "1", "R12": "1", "R13": "2",
    "R14": "0", "R16": "2", "R18": "4", "R19": "4", "R20": "6", "R21": "1;2", "R22": "4", "R23": "1",
    "R24": "2", "R25": "1", "R26": "2", "R27": "6", "R28": "4", "R29": "4", "R30": "4", "R31": "1", "R32": "2",
    "R35": "6", "R36": "1", "R37": "4", "R38": "2", "R39": "9", "R40": "1",
}  # fmt: skip


@dataclass
class Town:
    cast: Cast
    zhou: Person
    round: Round

    def reply(self, person: Person | None = None) -> Reply:
        return Reply.objects.select_related("round__pack", "person").get(
            round=self.round, person=person or self.zhou
        )

    def fill(self, reply: Reply | None = None, **more: Any) -> Reply:
        reply = reply or self.reply()
        typed = Typed({**FORM, **SAID, **more})
        return save_reply(
            actor=self.cast.chen, reply=reply, version=reply.version, typed=typed, key=f"fill-{reply.pk}"
        ).reply

    def again(self, day: str = "2021-06-01") -> Round:
        opens = dt.date.fromisoformat(day)
        return open_round(
            actor=self.cast.he, title="2021年度动态更新", area=COUNTY, questionnaire="dynamic_1_2018",
            opens_on=opens, closes_on=opens + dt.timedelta(days=60), key=day,
        )  # fmt: skip


@pytest.fixture
def town(cast: Cast) -> Town:
    make.jianghai()
    zhou = make.person("周大山", rural=True, phone="13812340001")
    make.person("欧阳明", hukou=FAR_VILLAGE, residence=NEXT_VILLAGE)
    make.person("林小禾", residence="440703001001")  # lives elsewhere: her own village answers for her
    make.person("吴静", certified=False)
    opened = open_round(
        actor=cast.he, title="2020年度动态更新", area=COUNTY, questionnaire="dynamic_1_2018",
        opens_on=dt.date(2020, 6, 1), closes_on=dt.date(2020, 8, 31), due={STREET: dt.date(2020, 7, 31)},
        key="open",
    )  # fmt: skip
    return Town(cast, zhou, opened)


def codes(caught: Any) -> set[tuple[str | None, str]]:
    problems = caught.value.problems if isinstance(caught.value, Problems) else [caught.value]
    return {(one.field, one.code) for one in problems}


def test_everybody_with_a_certificate_has_one_form_where_they_live(town: Town) -> None:
    places = {
        (one.name, one.persons.size, str(one.due_on)) for one in rounds.coverage(town.cast.he, town.round)
    }
    assert places == {("江南街道", 3, "2020-07-31")}
    villages = {one.code: one.persons.size for one in rounds.coverage(town.cast.he, town.round, STREET)}
    assert villages == {VILLAGE: 2, NEXT_VILLAGE: 1}
    assert [one.persons.size for one in rounds.coverage(town.cast.chen, town.round)] == [2]
    with pytest.raises(Problems) as caught:
        town.again("2020-07-01")
    assert codes(caught) == {("opens_on", "round-running")}
    with pytest.raises(Forbidden):
        open_round(
            actor=town.cast.liang, title="x", area=COUNTY, questionnaire="dynamic_1_2018",
            opens_on=dt.date(2021, 1, 1), closes_on=dt.date(2021, 2, 1), key="b",
        )  # fmt: skip


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(town: Town) -> None:
    reply = town.reply()
    wrong = {
        "status": "6",
        "R7": "2",
        "R16": "1",
        "R19": "1",
        "R20": "1;6",
        "R27": "5",
        "R11": "2",
        "R4": "x",
    }
    with pytest.raises(Problems) as caught:
        save_reply(actor=town.cast.chen, reply=reply, version=0, typed=Typed(wrong), key="a")
    found = codes(caught)
    assert {
        ("mode", "mode-missing"), ("declarant", "declarant-missing"), ("R19", "item-not-asked"),
        ("R20", "item-alone"), ("R27", "check-housing_rebuilt"), ("R4", "fact-value"), ("R13", "item-missing"),
    } <= found  # fmt: skip
    assert len({field for field, _code in found}) == len(found)
    reply.refresh_from_db()
    assert (reply.version, reply.answers, reply.state) == (0, {}, "waiting")
    assert not {("R15", "item-missing"), ("R8", "item-missing"), ("R3", "item-missing")} & found


def test_answers_become_facts_once_and_the_person_is_judged_again(town: Town) -> None:
    make.screened(town.cast)
    reply = town.fill(X1="true")
    assert reply.state == "filled" and reply.answers["R3"] == "1"  # filled in from the register and confirmed
    assert "13812340009" not in str(reply.answers)
    overrides = Facts.objects.get(person=town.zhou).overrides
    said = {name: rows[0]["value"] for name, rows in overrides.items()}
    assert said["employed"] is False and said["need_device"] is True and said["long_term_care_need"] is True
    assert {rows[0]["source"] for rows in overrides.values()} == {"round"}
    assert "rural" not in said and "pension_kind" not in said  # a register's and a list's own
    changes, answers = Change.objects.count(), Answer.objects.count()
    again = save_reply(
        actor=town.cast.chen, reply=town.reply(), version=0, typed=Typed({"R4": "1"}), key=f"fill-{reply.pk}"
    )
    assert again.reply.answers["R4"] == "2"
    assert (Change.objects.count(), Answer.objects.count()) == (changes, answers)
    assert fact_of(plan_of(town.zhou), "employed").name == "employed"
    assert Event.objects.filter(code="round.filled").count() == 1
    assert not Finding.objects.exclude(person=town.zhou).filter(last_run=None).exists()


def test_two_people_at_one_household_lose_nothing(town: Town) -> None:
    home = Household.objects.create(area=VILLAGE)
    Person.objects.filter(pk=town.zhou.pk).update(household=home)
    Reply.objects.filter(person=town.zhou).update(household=home)
    shown = town.reply()
    keep = {"reply": shown, "version": 0, "hand_in": False}
    save_reply(
        actor=town.cast.chen, typed=Typed({"R4": "2", "R13": "2", "R6": "13812340009"}), key="1", **keep
    )
    late = save_reply(
        actor=town.cast.liang,
        typed=Typed({"R4": "4", "R13": "2", "R12": "1", "R6": "13812340009"}),
        key="2",
        **keep,
    )
    assert set(late.disputes) == {"R4"}
    reply = town.reply()
    assert (reply.answers["R4"], reply.answers["R12"], reply.disputed) == ("2", "1", 1)
    shown = rounds.sheet(town.cast.chen, reply)
    assert [(one.label, one.now, one.mine, one.by) for one in shown.disputes] == [
        ("婚姻状况", "初婚有配偶", "离婚", "梁经办")
    ]
    town.fill(reply, R4="2")
    with pytest.raises(Problems) as caught:
        check_replies(
            actor=town.cast.liang, of=town.round, chosen=[(reply.uuid, town.reply().version)], key="c"
        )
    assert len(caught.value.problems) == 1
    dispute = reply.disputes.get()
    decide_dispute(actor=town.cast.chen, dispute=dispute, keep="mine")
    decide_dispute(actor=town.cast.chen, dispute=dispute, keep="now")
    reply = town.reply()
    assert (reply.answers["R4"], reply.disputed) == ("4", 0)


def test_the_township_returns_everything_at_once_and_the_county_locks(town: Town) -> None:
    reply = town.fill()
    with pytest.raises(Problems):
        lock_round(actor=town.cast.he, of=town.round, area=STREET)
    return_reply(actor=town.cast.liang, reply=reply, version=reply.version, note="电话是空号", key="back")
    return_reply(actor=town.cast.liang, reply=reply, version=reply.version, note="电话是空号", key="back")
    reply = town.reply()
    assert (reply.state, reply.returned["note"], reply.returned["by"]) == ("returned", "电话是空号", "梁经办")
    reply = save_reply(
        actor=town.cast.chen,
        reply=reply,
        version=reply.version,
        typed=Typed({"R6": "13812340010"}),
        key="mend",
    ).reply
    assert (reply.state, reply.returned) == ("filled", {})
    with pytest.raises(Problems) as caught:
        check_replies(actor=town.cast.he, of=town.round, chosen=[(reply.uuid, 0)], key="stale")
    assert {code for _field, code in codes(caught)} == {"stale"}
    for _twice in range(2):
        check_replies(actor=town.cast.liang, of=town.round, chosen=[(reply.uuid, reply.version)], key="ok")
    lost = Reply.objects.filter(round=town.round).exclude(pk=reply.pk)
    for one in lost:
        typed = Typed({"status": "3", "reason": "away"})
        one = save_reply(actor=town.cast.he, reply=one, version=0, typed=typed, key=f"lost{one.pk}").reply
        with pytest.raises(Problems):  # what one took down another checks
            check_replies(actor=town.cast.he, of=town.round, chosen=[(one.uuid, one.version)], key="own")
        check_replies(
            actor=town.cast.liang, of=town.round, chosen=[(one.uuid, one.version)], key=f"l{one.pk}"
        )
    assert lock_round(actor=town.cast.he, of=town.round, area=COUNTY) == 3
    with pytest.raises(Problem) as closed:
        save_reply(actor=town.cast.chen, reply=reply, version=9, typed=Typed({"R4": "1"}), key="late")
    assert closed.value.code == "reply-closed"
    assert [one.locked for one in rounds.coverage(town.cast.he, town.round)] == [True]
    assert reopen(actor=town.cast.he, of=town.round, area=STREET, why="证号有误", reply=reply) == 1
    assert opened(Event.objects.get(code="round.reopened").values["why_open"]) == "证号有误"
    assert town.reply().state == "checked"


def test_next_year_one_touch_is_enough_and_differences_stand_out(town: Town, clock_at: Any) -> None:
    home = Household.objects.create(area=VILLAGE)
    wife = make.person("周小兰", rural=True, household=home)
    Person.objects.filter(pk=town.zhou.pk).update(household=home)
    Reply.objects.create(round=town.round, person=wife, household=home, village=VILLAGE)
    Reply.objects.filter(person=town.zhou).update(household=home)
    town.fill(X1="true")
    assert town.reply(wife).answers == {"R10": "3", "R11": "1", "R38": "2", "R39": "9"}  # the household's
    clock_at("2021-06-10")
    new = Town(town.cast, town.zhou, town.again())
    versions = {str(one.uuid): one.version for one in Reply.objects.filter(round=new.round)}
    with pytest.raises(Problems) as left:
        confirm_home(actor=town.cast.chen, reply=new.reply(), versions=versions, fields=FORM, key="home")
    assert [str(one.what).partition("还有")[0] for one in left.value.problems] == ["周大山", "周小兰"]
    assert new.reply().state == "waiting"  # all or none
    new.fill(new.reply(wife))
    shown = rounds.sheet(town.cast.chen, new.reply())
    asked = {question.fact for _title, questions in shown.asked for question in questions}
    assert asked >= {"R16", "X2"}  # whether he works is more than a year old
    assert not asked & {"R4", "R13", "R31"}
    yearly = {"R20", "R24", "R26", "R27", "R32", "R35", "R36", "R38"}
    assert (
        asked >= yearly - {"R36", "R38"} and shown.last["R20"] == "无"
    )  # of the year: never counted as said again
    with pytest.raises(Problems):
        confirm_home(actor=town.cast.chen, reply=new.reply(), versions=versions, fields=FORM, key="early")
    save_reply(
        actor=town.cast.chen, reply=new.reply(), version=new.reply().version, key="year", hand_in=False,
        typed=Typed({name: SAID[name] for name in yearly - {"R38"}}),
    )  # fmt: skip
    versions = {str(one.uuid): one.version for one in Reply.objects.filter(round=new.round)}
    done = confirm_home(actor=town.cast.chen, reply=new.reply(), versions=versions, fields=FORM, key="same")
    reply = new.reply()
    assert done == 1
    assert (reply.state, reply.changed) == ("filled", [])
    dates = {name: rows[0]["date"] for name, rows in Facts.objects.get(person=town.zhou).overrides.items()}
    assert dates["need_device"] == "2021-06-10" and dates["long_term_care_need"] == "2020-06-30"
    reply = save_reply(
        actor=town.cast.chen, reply=reply, version=reply.version, typed=Typed({"R4": "5"}), key="died"
    ).reply
    assert reply.changed == ["R4"]
    listed, total = rounds.to_check(town.cast.liang, new.round, "", 1)
    differs = {one.reply.person.name: one.differs for one in listed}
    assert total == 2 and differs == {"周大山": [("婚姻状况", "初婚有配偶", "丧偶")], "周小兰": []}


def test_the_official_file_comes_back_unchanged(town: Town) -> None:
    town.fill()
    table = official_rows(town.cast.he, town.round)
    heads = list(table.labels.values())
    lines = [
        (number, {head: cell for head, cell in zip(heads, row.values(), strict=True) if cell})
        for number, row in enumerate(table.table.to_pylist(), 2)
    ]
    before = list(Reply.objects.order_by("pk").values())
    done = take_official(actor=town.cast.he, of=town.round, lines=lines)
    assert (done.changed, done.disputed, done.refused, done.unchanged) == (0, 0, [], 3)
    assert list(Reply.objects.order_by("pk").values()) == before
    mine = next(line for line in lines if line[1]["姓名"] == "周大山")
    mine[1]["R4 婚姻状况"] = "5"
    other = next(line for line in lines if line[1]["姓名"] == "欧阳明")
    other[1].update({"R16 是否就业": "1", "R4 婚姻状况": "九"})
    third = next(line for line in lines if line[1]["姓名"] == "林小禾")
    third[1].update({"R16 是否就业": "1", "R29 是否享受托养服务": "4", "R30 托养需求": "2"})
    done = take_official(actor=town.cast.he, of=town.round, lines=[*lines, (9, {"残疾人证号": "1"})])
    assert (done.changed, done.disputed, [row for row, _why in done.refused]) == (3, 1, [9, other[0]])
    again = take_official(actor=town.cast.he, of=town.round, lines=[mine, third])
    assert (again.changed, again.disputed, again.unchanged) == (0, 0, 1)
    known = Facts.objects.get(person__name="林小禾").overrides
    assert known["employed"][0]["value"] is True and known["need_day_care"][0]["value"] is True
    assert town.reply().answers["R4"] == "2"  # both are kept until somebody decides
