"""A register goes in: persons, households, certificates, guardians and facts stand as the file says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.audit.models import Event
from yice.loop.identify.models import Batch, Certificate, Change, Facts, Household, Person


@pytest.fixture
def batch(cast: Cast, tmp_path: Path) -> Batch:
    install(demo=True)
    return people.bring_in(cast.he, tmp_path, people.everybody())


def test_every_good_row_becomes_a_person(batch: Batch) -> None:
    assert batch.state == "committed"
    assert batch.counts["added"] == 4
    assert set(Person.objects.values_list("name", flat=True)) == {"林小禾", "周大山", "吴静", "欧阳·明"}


def test_identity_contact_and_place_are_kept_sealed(batch: Batch) -> None:
    person = Person.objects.get(name="周大山")
    assert (person.id_number, person.phone, person.id_kind) == (people.ZHOU, "11100000002", "valid")
    assert (person.hukou, person.residence) == (VILLAGE, NEXT_VILLAGE)
    assert (person.birth_date, person.sex) == (dt.date(1955, 11, 1), "male")
    assert people.ZHOU.encode() not in bytes(person.id_sealed or b"")


def test_a_dot_in_a_name_is_kept_as_written_and_folded_beside_it(batch: Batch) -> None:
    assert Person.objects.get(name_folded="欧阳明").name == "欧阳·明"


def test_facts_stand_in_their_columns_with_their_batch(batch: Batch) -> None:
    facts = Facts.objects.get(person__name="林小禾")
    assert (facts.category, facts.grade, facts.certified, facts.employed) == ("physical", 2, True, True)
    assert facts.rest == {"need_device": True}
    assert facts.batch == batch
    assert Facts.objects.get(person__name="欧阳·明").employed is None


def test_a_certificate_copy_carries_number_state_and_replacement(batch: Batch) -> None:
    certificate = Certificate.objects.get(person__name="欧阳·明")
    assert certificate.number == f"{people.OUYANG}24B1"
    assert (certificate.category, certificate.grade, certificate.replacement) == ("hearing", 4, 1)
    assert (certificate.status, certificate.current) == ("frozen", True)


def test_a_household_number_joins_persons(batch: Batch) -> None:
    household = Household.objects.get(number="H002")
    assert set(household.persons.values_list("name", flat=True)) == {"周大山", "吴静"}


def test_a_guardian_is_kept(batch: Batch) -> None:
    assert Person.objects.get(name="吴静").guardians.get().name == "周大山"


def test_a_guardians_telephone_is_the_guardians_and_follows_the_register(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    child = people.wu(监护人电话="11100000007")
    people.bring_in(cast.he, tmp_path, [child])
    person = Person.objects.get(name="吴静")
    assert (person.phone, person.guardians.get().phone) == ("", "11100000007")
    people.bring_in(cast.he, tmp_path, [{**child, "监护人电话": "11100000008"}])
    assert person.guardians.get().phone == "11100000008"


def test_the_record_has_one_event_a_step_and_no_changes_for_what_is_new(batch: Batch) -> None:
    codes = list(Event.objects.order_by("id").values_list("code", flat=True))
    assert codes[-3:] == ["batch.received", "batch.staged", "batch.committed"]
    assert Event.objects.get(code="batch.committed").values["digest"] == batch.file_digest
    assert not Change.objects.exists()
