"""A telephone and an address in full: for a reason, while there is work to do, each person written down."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.cast import FAR_VILLAGE, NEXT_VILLAGE, VILLAGE, Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.loop.identify import services
from yice.loop.identify.models import Ask, Finding, Guardian, Person
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(cast: Cast) -> Person:
    """林小禾 has a gap in 陈专委's village."""
    make.all_lists()
    lin = make.person("林小禾", grade=1, phone="11100000001")
    make.screened(cast)
    return lin


def test_the_commissioner_finds_the_door_and_it_is_written_down(cast: Cast, lin: Person) -> None:
    Guardian.objects.create(person=lin, name="林大禾")
    contact = services.show_contacts(actor=cast.chen, people=[lin], reason="visit")[lin.uuid]
    assert (contact.phone, contact.address) == (lin.phone, lin.address)
    assert contact.guardians == (("林大禾", ""),)
    event = Event.objects.get(code="person.contact_shown")
    assert (event.subject_id, event.values) == (lin.uuid, {"why": "visit"})


def test_without_open_work_the_commissioner_sees_nothing(cast: Cast, lin: Person) -> None:
    Finding.objects.update(state="closed")
    Ask.objects.all().delete()
    with pytest.raises(Forbidden):
        services.show_contacts(actor=cast.chen, people=[lin], reason="visit")
    assert services.show_contacts(actor=cast.liang, people=[lin], reason="call")  # may unmask anyway
    assert Event.objects.filter(code="person.contact_shown").count() == 1


def test_work_that_is_not_hers_opens_nothing(cast: Cast) -> None:
    """A payment is civil affairs' work: the village does not even learn that it is there."""
    lists = make.all_lists()
    zhou = make.person("周大山", grade=4)
    make.paid(lists["nursing_subsidy"], zhou, 22000)
    make.screened(cast)
    Finding.objects.exclude(kind="leak").delete()
    Ask.objects.all().delete()
    with pytest.raises(Forbidden):
        services.show_contacts(actor=cast.chen, people=[zhou], reason="visit")


def test_of_several_only_those_within_reach_are_shown(cast: Cast, lin: Person) -> None:
    far = make.person("欧阳明", hukou=FAR_VILLAGE, phone="11100000002")
    here = make.person("吴静", hukou=NEXT_VILLAGE, residence=VILLAGE, phone="11100000003")
    make.screened(cast)
    found = services.show_contacts(actor=cast.chen, people=[lin, far, here], reason="visit")
    assert set(found) == {lin.uuid, here.uuid}
    assert Event.objects.filter(code="person.contact_shown").count() == 2


def test_a_reason_is_chosen_from_those_there_are(cast: Cast, lin: Person) -> None:
    with pytest.raises(Problem) as told:
        services.show_contacts(actor=cast.chen, people=[lin], reason="curious")
    assert told.value.code == "reason-missing"
    assert not Event.objects.filter(code="person.contact_shown").exists()


@pytest.mark.parametrize("who", ["zhou", "sheng", "admin", "pan", "tan", "nobody"])
def test_others_do_not_see_it(cast: Cast, lin: Person, who: str) -> None:
    with pytest.raises(Forbidden):
        services.show_contacts(actor=getattr(cast, who), people=[lin], reason="visit")
