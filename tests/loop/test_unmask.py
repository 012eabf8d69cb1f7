"""Seeing a whole number: with a reason, by those who may, and written down."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.cast import Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.loop.identify import services
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


def test_the_value_is_shown_and_the_reason_written_down(cast: Cast) -> None:
    lin = make.person("林小禾", phone="11100000001")
    for field, value in (
        ("id_number", lin.id_number),
        ("phone", "11100000001"),
        ("birth_date", "1970-05-01"),
    ):
        assert services.unmask(actor=cast.liang, person=lin, field=field, reason="电话约定上门") == value
    assert services.unmask(actor=cast.liang, person=lin, field="certificate", reason="核对残疾人证").endswith(
        "41"
    )
    events = Event.objects.filter(code="person.unmasked")
    assert events.count() == 4
    assert all(event.subject_id == lin.uuid and event.values["reason"] for event in events)
    assert lin.id_number not in repr(list(events.values_list("values", flat=True)))


@pytest.mark.parametrize(
    ("field", "reason"), [("id_number", "看"), ("id_number", "   "), ("no-such", "核对残疾人证")]
)
def test_without_a_reason_nothing_is_shown(cast: Cast, field: str, reason: str) -> None:
    lin = make.person("林小禾")
    with pytest.raises(Problem):
        services.unmask(actor=cast.liang, person=lin, field=field, reason=reason)
    assert not Event.objects.exists()


@pytest.mark.parametrize("who", ["chen", "zhou", "sheng", "admin", "pan", "tan", "nobody"])
def test_others_do_not_see_it(cast: Cast, who: str) -> None:
    lin = make.person("林小禾")
    with pytest.raises(Forbidden):
        services.unmask(actor=getattr(cast, who), person=lin, field="id_number", reason="电话约定上门")
