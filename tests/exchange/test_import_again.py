"""A register comes again: what changed is told field by field, the rest stays as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.cast import COUNTY, FAR_VILLAGE, STREET, VILLAGE, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.loop.deliver.selectors.ledger import tallied
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Certificate, Change, Facts, Household, Person
from yice.loop.identify.services.needs import record_need

LATER = dt.date(2020, 6, 20)


@pytest.fixture(autouse=True)
def _first(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    people.bring_in(cast.he, tmp_path, people.everybody())


def state_of_everything() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Person, Household, Certificate, Facts, Change)
    ]


def test_the_same_file_twice_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    before = state_of_everything()
    again = people.bring_in(cast.he, tmp_path, people.everybody())
    assert state_of_everything() == before
    assert (again.counts["added"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 4)
    assert [entry["code"] for entry in again.pauses] == ["same_file_nothing"]
    assert again.state == "committed"


def test_the_same_file_after_other_changes_asks_before_it_turns_them_back(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, [people.lin(phone="11100000009"), *people.everybody()[1:]])
    again = people.stage(cast.he, tmp_path, people.everybody())
    assert ([entry["code"] for entry in again.pauses], again.state) == (["same_file"], "paused")
    assert again.counts["changed"] == 1


def test_the_order_of_rows_and_columns_does_not_matter(cast: Cast, tmp_path: Path) -> None:
    rows = [dict(reversed(row.items())) for row in reversed(people.everybody())]
    assert people.stage(cast.he, tmp_path, rows).counts["unchanged"] == 4


def test_a_change_is_counted_by_field_and_kept_as_before_and_after(cast: Cast, tmp_path: Path) -> None:
    rows = [people.lin(employed="false", phone="11100000009"), people.zhou(), people.wu(), people.ouyang()]
    batch = people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    assert batch.counts["fields"] == {"phone": 1, "employed": 1}
    told = Change.objects.filter(person__name="林小禾").order_by("fact")
    assert [(c.fact, c.before, c.after) for c in told] == [
        ("employed", True, False),
        ("phone", "changed", "changed"),
    ]
    assert Person.objects.get(name="林小禾").phone == "11100000009"
    assert Facts.objects.get(person__name="林小禾").employed is False


def test_an_unchanged_row_of_a_later_day_confirms_what_was_known(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody(), as_of=LATER)
    assert set(Facts.objects.values_list("batch__as_of", flat=True)) == {LATER}
    assert not Change.objects.exists()


def test_a_new_certificate_number_makes_a_new_row_and_keeps_the_old(cast: Cast, tmp_path: Path) -> None:
    rows = [people.lin(certificate_number=f"{people.LIN}41"), people.zhou(), people.wu(), people.ouyang()]
    people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    held = Certificate.objects.filter(person__name="林小禾").order_by("grade")
    assert [(one.grade, one.current) for one in held] == [(1, True), (2, False)]
    assert Facts.objects.get(person__name="林小禾").grade == 1
    assert "certificate_number" in Change.objects.values_list("fact", flat=True)


def test_the_same_certificate_takes_its_new_state(cast: Cast, tmp_path: Path) -> None:
    rows = [people.lin(certificate_status="frozen"), people.zhou(), people.wu(), people.ouyang()]
    people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    assert Certificate.objects.get(person__name="林小禾").status == "frozen"


def test_who_is_no_longer_in_a_whole_register_is_marked_and_stays(cast: Cast, tmp_path: Path) -> None:
    batch = people.bring_in(cast.he, tmp_path, people.everybody()[:3], as_of=LATER, whole=True)
    assert batch.counts["would_remove"] == 1
    gone = Person.objects.get(name="欧阳·明")
    assert gone.removed_on == LATER
    assert Change.objects.get(person=gone).fact == "removed_on"


def test_who_is_not_in_part_of_a_register_is_only_counted(cast: Cast, tmp_path: Path) -> None:
    batch = people.bring_in(cast.he, tmp_path, people.everybody()[:3], as_of=LATER)
    assert (batch.counts["would_remove"], batch.counts["absent"]) == (0, 1)
    assert not Person.objects.filter(removed_on__isnull=False).exists()


def test_a_whole_register_of_a_street_removes_nobody_outside_it(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody()[:2], as_of=LATER, whole=True, area=STREET)
    assert list(Person.objects.filter(removed_on=LATER).values_list("name", flat=True)) == ["吴静"]


def test_a_refused_row_does_not_count_as_gone(cast: Cast, tmp_path: Path) -> None:
    rows = [*people.everybody()[:3], people.ouyang(name="")]
    batch = people.stage(cast.he, tmp_path, rows, as_of=LATER, whole=True)
    assert (batch.counts["refused"], batch.counts["would_remove"]) == (1, 0)


def test_who_comes_back_is_in_the_register_again(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody()[:3], as_of=LATER, whole=True)
    people.bring_in(cast.he, tmp_path, people.everybody(), as_of=LATER, whole=True)
    assert Person.objects.get(name="欧阳·明").removed_on is None


def test_a_corrected_number_keeps_the_same_person(cast: Cast, tmp_path: Path) -> None:
    uuid = Person.objects.get(name="林小禾").uuid
    number = people.id_number("19900315", 4)
    mended = people.lin(id_number=number, certificate_number=f"{number}42")
    batch = people.stage(cast.he, tmp_path, [mended, *people.everybody()[1:]], as_of=LATER, whole=True)
    assert (batch.counts["rekeyed"], batch.counts["added"], batch.counts["would_remove"]) == (1, 0, 0)
    assert batch.state == "paused"
    people.bring_in(cast.he, tmp_path, [mended, *people.everybody()[1:]], as_of=LATER, whole=True)
    person = Person.objects.get(name="林小禾")
    assert (person.uuid, person.id_number) == (uuid, number)


def test_a_blank_phone_or_address_is_not_taken_away(cast: Cast, tmp_path: Path) -> None:
    rows = [people.lin(phone="", address="", employed="false"), *people.everybody()[1:]]
    people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    person = Person.objects.get(name="林小禾")
    assert (person.phone, person.address) == ("11100000001", "江南社区 1 号")


def test_a_blank_fact_is_unknown_from_then_on(cast: Cast, tmp_path: Path) -> None:
    rows = [people.lin(employed=""), *people.everybody()[1:]]
    people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    assert Facts.objects.get(person__name="林小禾").employed is None
    assert Change.objects.get().before is True


def test_a_column_that_does_not_come_again_keeps_its_value_and_its_day(cast: Cast, tmp_path: Path) -> None:
    rows = [
        {key: value for key, value in row.items() if key not in ("employed", "need_device")}
        for row in people.everybody()
    ]
    people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    facts = Facts.objects.get(person__name="林小禾")
    assert facts.employed is None
    assert facts.overrides["employed"][0] | {"batch": 0} == {
        "value": True, "source": "registry", "date": "2020-06-01", "by": "何业务", "batch": 0,
    }  # fmt: skip
    assert facts.overrides["need_device"][0]["value"] is True


def test_what_somebody_found_otherwise_stays_beside_and_is_counted(cast: Cast, tmp_path: Path) -> None:
    facts = Facts.objects.get(person__name="周大山")
    found = {
        "employed": [{"value": False, "source": "person", "date": "2020-06-10", "by": "陈专委", "batch": ""}]
    }
    Facts.objects.filter(pk=facts.pk).update(overrides=found)
    rows = [people.lin(), people.zhou(employed="true"), people.wu(), people.ouyang()]
    batch = people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    facts.refresh_from_db()
    assert (facts.employed, facts.overrides) == (True, found)
    assert batch.counts["conflicts"] == 1


def test_a_move_within_the_register_re_routes_the_person(cast: Cast, tmp_path: Path) -> None:
    lin = Person.objects.get(name="林小禾")
    record_need(actor=cast.he, person=lin, kind="device", channel=Channel.VISIT, key="lin")
    rows = [people.lin(hukou=FAR_VILLAGE, residence=FAR_VILLAGE), *people.everybody()[1:]]
    batch = people.bring_in(cast.he, tmp_path, rows, as_of=LATER)
    assert batch.counts["fields"] == {"hukou": 1, "residence": 1}
    assert Person.objects.get(name="林小禾").hukou == FAR_VILLAGE
    assert COUNTY < VILLAGE
    assert tallied(FAR_VILLAGE, 12)[FAR_VILLAGE].needs == 1  # the ledger waits for no screening


def test_an_older_register_waits_for_a_yes(cast: Cast, tmp_path: Path) -> None:
    older = people.stage(cast.he, tmp_path, [people.lin(employed="false")], as_of=dt.date(2020, 1, 1))
    assert [entry["code"] for entry in older.pauses] == ["older"]
