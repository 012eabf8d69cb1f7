"""Two records of one person: proposed by the engine, merged by people, and two again with everything moved back."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories as make
from tests.cast import NEXT_VILLAGE, OUTSIDE_VILLAGE, Cast

from yice.accounts import access
from yice.accounts.services import install
from yice.exchange.imports.commit_lists import match_again, match_entries
from yice.identifiers import sealing
from yice.loop.identify.enums import Channel, PairState
from yice.loop.identify.models import Duplicate, Finding, ListLink, Need, Person
from yice.loop.identify.pairing.duplicates import propose_duplicates
from yice.loop.identify.selectors import duplicates as selectors
from yice.loop.identify.services.merging import decide_duplicate, undo_duplicate
from yice.loop.identify.services.needs import record_need
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
COUNTY = "440704000000"
SAME, DIFFERENT = PairState.SAME, PairState.DIFFERENT


@pytest.fixture(autouse=True)
def _demo(cast: Cast) -> None:
    install(demo=True)


def without_number(name: str, birth: dt.date, **more: str) -> Person:
    """The same person again, written down with a passport and the same telephone."""
    made = make.person(name, birth=birth, phone="13812340001", **more)
    passport = f"E{made.pk:08d}"
    made.id_kind = "other"
    made.id_sealed, made.id_index = sealing.seal("id_number", passport), sealing.index("id_number", passport)
    made.save()
    made.certificates.all().delete()
    return made


def two(name: str = "欧阳明慧") -> tuple[Person, Person]:
    birth = dt.date(1971, 3, 8)
    return make.person(name, birth=birth, phone="13812340001"), without_number(name, birth)


def test_the_register_is_compared_with_itself_and_nothing_is_merged_by_it(cast: Cast) -> None:
    kept, other = two()
    make.person("林小禾")
    far = without_number("欧阳明慧", dt.date(1971, 3, 8))
    Person.objects.filter(pk=far.pk).update(hukou=OUTSIDE_VILLAGE)
    assert propose_duplicates(COUNTY) == 1 == propose_duplicates(COUNTY)
    pair = Duplicate.objects.get()
    assert (pair.kept, pair.other, pair.state) == (kept, other, "proposed")  # who has a sound number is kept
    assert not Person.objects.exclude(merged_into=None).exists()
    shown = selectors.view(cast.he, pair.uuid)
    assert shown.may and shown.fall.weight > 0 and shown.why
    decide_duplicate(actor=cast.he, pair=pair, verdict=DIFFERENT, version=0)
    assert propose_duplicates(COUNTY) == 0  # refused: not without new evidence


def test_a_merge_moves_what_belongs_to_the_person_and_its_undoing_moves_it_back(cast: Cast) -> None:
    kept, other = two()
    Person.objects.filter(pk=other.pk).update(hukou=NEXT_VILLAGE)
    other.refresh_from_db()
    lists = make.all_lists()
    link = make.on_list(lists["subsistence"], other, income_class="subsistence")
    make.screened(cast)
    need = record_need(actor=cast.chen, person=other, kind="device", channel=Channel.VISIT, key="a").need
    before = set(Finding.objects.filter(person=kept).exclude(state="closed").values_list("kind", "group"))
    propose_duplicates(COUNTY)
    pair = decide_duplicate(actor=cast.he, pair=Duplicate.objects.get(), verdict=SAME, version=0)
    pair = decide_duplicate(actor=cast.luo, pair=pair, verdict=SAME, version=1)
    other.refresh_from_db()
    assert (other.merged_into, pair.state) == (kept, "same") and other.removed_on is not None
    assert ListLink.objects.get(pk=link.pk).person == kept
    here = Need.objects.get(pk=need.pk)
    assert (here.person, here.hukou, here.moved_to) == (
        kept,
        NEXT_VILLAGE,
        kept.hukou,
    )  # where a ledger counts it
    after = set(Finding.objects.filter(person=kept).exclude(state="closed").values_list("kind", "group"))
    assert after != before  # on subsistence now: judged at once
    assert not Finding.objects.filter(person=other).exclude(state="closed").exists()

    late = make.on_list(lists["extreme_hardship"], other)  # comes while they are one, with the other's number
    late.delete()
    match_entries(lists["extreme_hardship"].receipt)
    assert ListLink.objects.get(entry=late.entry_id).person == kept
    Person.objects.filter(pk=other.pk).update(removed_on=None)  # the next register still has both rows
    match_again(cast.he.posts.get().area)
    other.refresh_from_db()
    assert other.removed_on is not None

    with pytest.raises(Problem, match="原因"):
        undo_duplicate(actor=cast.luo, pair=pair, version=2, reason="错")
    undo_duplicate(actor=cast.luo, pair=pair, version=2, reason="看错了人")
    other.refresh_from_db()
    assert other.merged_into is None and other.removed_on is None
    assert ListLink.objects.get(pk=link.pk).person == other
    assert Need.objects.filter(pk=need.pk, person=other, moved_to=None).exists()
    assert ListLink.objects.get(entry=late.entry_id).person == other
    again = set(Finding.objects.filter(person=kept).exclude(state="closed").values_list("kind", "group"))
    assert again == before
    assert Duplicate.objects.get().state == "undone" and propose_duplicates(COUNTY) == 0


def test_where_a_benefit_runs_the_paying_department_says_so_too(cast: Cast) -> None:
    kept, other = two()
    make.paid(make.all_lists()["living_subsidy"], other, 16500)
    make.screened(cast)
    propose_duplicates(COUNTY)
    pair = Duplicate.objects.get()
    assert pair.takes_away
    with pytest.raises(access.Forbidden):
        decide_duplicate(actor=cast.luo, pair=pair, verdict=SAME, version=0)
    pair = decide_duplicate(actor=cast.he, pair=pair, verdict=SAME, version=0)
    assert pair.state == "second" and not Person.objects.exclude(merged_into=None).exists()
    with pytest.raises(access.Forbidden):
        decide_duplicate(actor=cast.he, pair=pair, verdict=SAME, version=1)
    assert list(selectors.queue(cast.luo)) == [pair] and not selectors.queue(cast.he).exists()
    with pytest.raises(Problem, match="已经有了变化"):
        decide_duplicate(actor=cast.luo, pair=pair, verdict=SAME, version=0)
    decide_duplicate(actor=cast.luo, pair=pair, verdict=SAME, version=1)
    other.refresh_from_db()
    assert other.merged_into == kept


def test_who_is_elsewhere_sees_no_pair_and_two_sound_numbers_are_never_taken_for_one(cast: Cast) -> None:
    two()
    make.person("吴静", birth=dt.date(1980, 1, 1), hukou=NEXT_VILLAGE)
    make.person("吴静", birth=dt.date(1980, 1, 1), hukou=NEXT_VILLAGE)
    Person.objects.filter(name="吴静").update(sex="")  # nothing written beside the numbers doubts them
    assert propose_duplicates(COUNTY) == 1
    pair = Duplicate.objects.get()
    assert pair.kept.name == "欧阳明慧"
    with pytest.raises(Problem):
        selectors.view(cast.pan, pair.uuid)
