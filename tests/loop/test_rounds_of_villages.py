"""A village's own return (动态2表): the same round, the same merge, check and lock, with the village as whom it is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, STREET, VILLAGE, Cast
from tests.loop.deliver.test_at_once import at_once

from yice.accounts.access import Forbidden
from yice.loop.identify.models import Reply, Round
from yice.loop.identify.rounds.checking import check_replies, lock_round, return_reply
from yice.loop.identify.rounds.official import official_rows, take_official
from yice.loop.identify.rounds.opening import open_round
from yice.loop.identify.rounds.reading import Typed
from yice.loop.identify.rounds.saving import decide_dispute, save_reply
from yice.loop.identify.selectors import rounds
from yice.network.models import Entry, Of
from yice.network.services import Row, receive
from yice.terms import clock
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
# What no register and nobody has told of the village; two commissioners stand on the register of posts.
SAID: dict[str, Any] = {
    "V1": True, "V3": 1, "V4": 300, "V5": True, "V6": 1, "V7": True, "V8": False, "V9": False, "V10": False,
    "V11": True, "V12": False, "V13": True, "V14": "entrance;toilet", "V15": True, "V16": 0, "V17": 40,
}  # fmt: skip


def opened(cast: Cast, year: int) -> Round:
    return open_round(
        actor=cast.he, title=f"{year}年度动态更新", area=COUNTY, questionnaire="dynamic_1_2018",
        villages="dynamic_2_2018", opens_on=dt.date(year, 6, 1), closes_on=dt.date(year, 8, 31), key=str(year),
    )  # fmt: skip


def own(of: Round, village: str = VILLAGE) -> Reply:
    return Reply.objects.select_related("round__pack", "person").get(round=of, person=None, village=village)


@pytest.fixture
def of(cast: Cast) -> Round:
    make.jianghai()
    make.person("周大山")
    posts = [Row("commissioner", name, VILLAGE) for name in "甲乙"]
    day = clock.today()
    receive(actor=cast.he, of=Of.POST, area=COUNTY, as_of=day, rows=posts, whole=("commissioner",))
    figures = Row("", "江南社区", VILLAGE, {"residents": 3000, "village_volunteers": 12})
    receive(actor=cast.he, of=Of.AREA, area=COUNTY, as_of=day, rows=[figures])
    return opened(cast, 2020)


def save(actor: Any, reply: Reply, values: dict[str, Any], key: str, **more: Any) -> Any:
    typed = Typed({"status": "1", **values})
    version = more.pop("version", reply.version)
    return save_reply(actor=actor, reply=reply, version=version, typed=typed, key=key, **more)


def test_two_fill_in_a_return_the_township_checks_it_and_the_county_locks_it(cast: Cast, of: Round) -> None:
    reply = own(of)
    shown = rounds.sheet(cast.chen, reply)
    known = {one.item: (one.value, one.source) for _title, rows in shown.recorded for one in rows}
    assert known == {"V2": ("2", "机构和岗位的名册"), "V16": ("12", "村（社区）自报")}
    assert [(one.code, one.persons.size, one.returns.size) for one in rounds.coverage(cast.he, of)] == [
        (STREET, 1, 2), ("440704004000", 0, 2),
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        save(cast.zhou, reply, {"V6": 1}, "far")
    with pytest.raises(Problems) as caught:
        save(cast.chen, reply, {"V3": 3, "V14": "none;roads"}, "wrong")
    told = {one.field: one.code for one in caught.value.problems}
    assert (told["V3"], told["V14"], told["V17"]) == ("check-commissioners", "item-alone", "item-missing")
    assert not {"mode", "declarant", "V2", "V16"} & told.keys()

    save(cast.chen, reply, {"V6": 1}, "a", hand_in=False)
    late = save(cast.liang, own(of), {"V6": 2, "V8": False}, "b", hand_in=False, version=0)
    assert set(late.disputes) == {"V6"} and own(of).answers == {"V6": 1, "V8": False}
    assert [(one.now, one.mine) for one in rounds.sheet(cast.chen, own(of)).disputes] == [("1", "2")]
    reply = save(cast.chen, own(of), SAID, "c").reply
    assert (reply.state, reply.answers["V2"], reply.answers["V16"]) == ("filled", 2, 0)
    with pytest.raises(Problems):
        check_replies(actor=cast.liang, of=of, chosen=[(reply.uuid, reply.version)], key="d")
    decide_dispute(actor=cast.chen, dispute=reply.disputes.get(), keep="mine")
    reply = return_reply(actor=cast.liang, reply=reply, version=own(of).version, note="请核对", key="e")
    reply = save(cast.chen, reply, {"V11": False}, "f").reply
    check_replies(actor=cast.liang, of=of, chosen=[(reply.uuid, reply.version)], key="g")
    told_of = Entry.objects.get(of=Of.AREA, area=VILLAGE, valid_to=None)
    assert told_of.facts.items() >= {
        "residents": 3000, "village_volunteers": 0, "village_rehabilitation_coordinators": 2,
        "village_accessible": ["entrance", "toilet"], "village_culture_place": False,
    }.items()  # fmt: skip
    assert "village_commissioners" not in told_of.facts  # what the register counts was only confirmed
    with pytest.raises(Problems) as left:  # the other village's return is left, and a person's form
        lock_round(actor=cast.he, of=of, area=STREET)
    assert len(left.value.problems) == 2
    street = {one.code: one.returns.done for one in rounds.coverage(cast.he, of, STREET)}
    assert street == {VILLAGE: 1, NEXT_VILLAGE: 0}
    Reply.objects.filter(round=of).exclude(pk=reply.pk).update(state="checked")
    assert lock_round(actor=cast.he, of=of, area=COUNTY) == 5
    with pytest.raises(Problem) as closed:
        save(cast.chen, own(of), {"V1": False}, "late")
    assert closed.value.code == "reply-closed"


def test_next_year_only_what_changed_or_speaks_of_the_year_is_asked(
    cast: Cast, of: Round, clock_at: Any
) -> None:
    save(cast.chen, own(of), SAID, "a")
    clock_at("2021-06-10")
    posts = [Row("commissioner", "甲", VILLAGE)]
    receive(actor=cast.he, of=Of.POST, area=COUNTY, as_of=clock.today(), rows=posts, whole=("commissioner",))
    Entry.objects.filter(area=VILLAGE, of=Of.AREA).update(
        facts={**Entry.objects.get(area=VILLAGE, of=Of.AREA).facts, "village_commissioners": 2}
    )
    new = opened(cast, 2021)
    shown = rounds.sheet(cast.chen, own(new))
    asked = {question.fact for _title, questions in shown.asked for question in questions}
    assert asked == {"V2", "V17"}  # one of two commissioners is gone from the register; the year's figure
    assert shown.last == {"V17": "40"} and shown.missing == 1
    reply = save(cast.chen, own(new), {"V2": 1, "V17": 55}, "b").reply
    assert (reply.state, reply.changed) == ("filled", ["V17", "V2"])
    listed, total = rounds.to_check(cast.liang, new, "", 1)
    assert total == 1 and [one.differs for one in listed] == [
        [("年度服务残疾人人次", "40", "55"), ("专职委员人数", "2", "1")]
    ]


def test_the_official_file_of_villages_comes_back_and_nought_is_not_overwritten(
    cast: Cast, of: Round
) -> None:
    save(cast.chen, own(of), SAID, "a")
    table = official_rows(cast.he, of, villages=True)
    heads = list(table.labels.values())
    lines = [
        (number, {head: cell for head, cell in zip(heads, row.values(), strict=True) if cell})
        for number, row in enumerate(table.table.to_pylist(), 2)
    ]
    mine = next(cells for _row, cells in lines if cells["区划代码"] == VILLAGE)
    assert (mine["V8 有日间照料机构"], mine["V16 助残志愿者人数"], mine["填表人"]) == ("否", "0", "陈专委")
    done = take_official(actor=cast.he, of=of, lines=lines)
    assert (done.changed, done.disputed, done.refused, done.unchanged) == (0, 0, [], 4)
    mine["V16 助残志愿者人数"] = "9"
    far = {"区划代码": FAR_VILLAGE, "V1 已建立残协": "是", "V6 社区康复协调员人数": "2"}
    done = take_official(
        actor=cast.he, of=of, lines=[(2, mine), (3, far), (4, far), (5, {"区划代码": "不是代码"})]
    )
    assert (done.changed, done.disputed, [row for row, _why in done.refused]) == (2, 1, [4, 5])
    assert own(of).answers["V16"] == 0 and own(of, FAR_VILLAGE).state == "started"
    assert Entry.objects.get(of=Of.AREA, area=FAR_VILLAGE).facts["village_association"] is True
    with pytest.raises(Problem) as unknown:
        take_official(actor=cast.he, of=of, lines=[(2, {"名称": "x"})])
    assert unknown.value.code == "official-columns"


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_lose_nothing_of_each_other(live_cast: Cast) -> None:
    make.jianghai()
    make.person("周大山")
    reply = own(opened(live_cast, 2020))
    said = [(live_cast.chen, {"V6": 1, "V8": True}), (live_cast.liang, {"V6": 2, "V9": True})] * 2

    def write(n: int) -> Any:
        actor, values = said[n]
        return save(actor, own(reply.round), values, f"key-{n % 2}", hand_in=False, version=0).reply.version

    got = at_once(write)
    after = own(reply.round)
    assert sorted(set(got)) in ([1, 2], [2]) and after.version == 2  # each request once, though sent twice
    assert (after.answers["V8"], after.answers["V9"], after.disputed) == (True, True, 1)
    both = after.disputes.get()
    assert {both.now, both.mine} == {1, 2} and after.answers["V6"] == both.now
