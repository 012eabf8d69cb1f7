"""Two records became one: the old key, number and paper lead to the one that stands, and back again once it is undone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.api.calling import System, system
from tests.cast import NEXT_VILLAGE, Cast
from tests.loop.deliver.walking import again, staff

from yice.accounts.enums import Role
from yice.accounts.models import User
from yice.audit.models import Event
from yice.loop.deliver import emergency
from yice.loop.deliver.services.naming import named
from yice.loop.identify.enums import Channel, PairState
from yice.loop.identify.models import Duplicate, Guardian, Need, Person
from yice.loop.identify.rights.enums import Ground
from yice.loop.identify.rights.guardians import record_guardian, standing
from yice.loop.identify.selectors.needs import readable
from yice.loop.identify.services import person as record_of
from yice.loop.identify.services.merging import decide_duplicate, undo_duplicate
from yice.loop.identify.services.needs import record_need
from yice.policy import selectors as policy
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast: Cast) -> Duplicate:
    """林小禾 of 陈专委's village, and the same person in the next one."""
    make.jianghai()
    return make.doubled(
        make.person("林小禾", phone="13812340001"),
        make.person("林小禾", birth=dt.date(1970, 5, 2), hukou=NEXT_VILLAGE, phone="13812340002"),
    )


def merged(cast: Cast, pair: Duplicate) -> Duplicate:
    return decide_duplicate(actor=cast.he, pair=pair, verdict=PairState.SAME, version=0)


def parted(cast: Cast, pair: Duplicate) -> Duplicate:
    return undo_duplicate(actor=cast.he, pair=pair, version=1, reason="看错了人")


def page(user: User, person: Person, part: str = "") -> Any:
    client = Client()
    client.force_login(again(user))
    return client.get(f"/person/{person.uuid}/{part}")


def asked(user: User, person: Person) -> tuple[int, str]:
    answer = system(user).get(f"/persons/{person.uuid}")
    return answer.status_code, str(answer.json().get("person", {}).get("uuid", answer.json()))


def test_an_old_key_opens_the_record_that_stands_to_whoever_may_read_that(cast: Cast, two: Duplicate) -> None:
    """Whoever looks after the old place alone reads nobody by it, and neither does the record grow under the old key."""
    next_door = staff("bian", "边专委", Role.VILLAGE_COMMISSIONER, NEXT_VILLAGE)
    kept, other = two.kept, two.other
    assert page(next_door, other).status_code == 200 and asked(next_door, other)[0] == 200
    pair = merged(cast, two)
    for part in ("", "work/", "why/", "facts/", "help/", "need/", "apply/", "assessments/", "log/"):
        if part in ("work/", "why/", "facts/", "log/") and page(cast.liang, kept, part).status_code == 404:
            continue
        assert page(cast.liang, other, part).status_code == page(cast.liang, kept, part).status_code == 200, (
            part
        )
        assert page(next_door, other, part).status_code == 404, part
    assert f"/person/{kept.uuid}/" in page(cast.liang, other).content.decode()
    assert asked(cast.liang, other)[0] == 200 and asked(next_door, other)[0] == 404
    assert asked(cast.chen, other)[0] == 404  # who never could ask by that key
    told = Event.objects.filter(code="person.opened", actor=cast.liang).values_list("subject_id", flat=True)
    assert set(told) == {kept.uuid}
    sent = {"person": str(other.uuid), "kind": "care"}
    calls = System(system(cast.liang).token)
    assert calls.post("/needs", sent).status_code == 201
    assert Need.objects.get(kind="care").person == kept
    parted(cast, pair)
    assert record_of(again(next_door), other.uuid) == other and page(next_door, other).status_code == 200
    assert record_of(again(cast.liang), other.uuid) == other
    with pytest.raises(Problem):
        record_of(again(cast.chen), other.uuid)


def test_a_chain_of_merges_ends_at_the_last(cast: Cast, two: Duplicate) -> None:
    merged(cast, two)
    third = make.person("林小禾", birth=dt.date(1970, 5, 3))
    decide_duplicate(actor=cast.he, pair=make.doubled(third, two.kept), verdict=PairState.SAME, version=0)
    assert record_of(again(cast.he), two.other.uuid) == third


def test_in_an_emergency_either_number_finds_the_person_and_only_while_they_are_one(
    cast: Cast, two: Duplicate
) -> None:
    kept, other = two.kept, two.other
    pair = merged(cast, two)
    why = "在街道大厅突发疾病，急需找到家里人"
    held = emergency.ask(actor=cast.pan, number=other.id_number, reason=why)
    assert emergency.look(actor=cast.pan, key=held.uuid)[1].phone == kept.phone
    assert Event.objects.filter(code="glass.looked", subject_id=kept.uuid).exists()
    parted(cast, pair)
    assert emergency.look(actor=cast.pan, key=held.uuid)[1].phone == other.phone


def test_an_application_by_the_old_number_is_for_the_record_that_stands(cast: Cast, two: Duplicate) -> None:
    pack = policy.pack_for(two.kept.hukou)
    assert pack is not None
    service = policy.plan(pack).services["living_subsidy"]
    said: dict[str, Any] = {"service": service, "number": two.other.id_number, "name": "林小禾"}
    merged(cast, two)
    assert named(actor=again(cast.liang), **said) == two.kept


def test_a_guardian_and_a_need_come_along_and_go_back(cast: Cast, two: Duplicate) -> None:
    next_door = staff("bian", "边专委", Role.VILLAGE_COMMISSIONER, NEXT_VILLAGE)
    kept, other = two.kept, two.other
    guard = record_guardian(
        actor=cast.liang, person=other, name="林母", relation="mother", ground=Ground.NONE, document="判决书",
        until=clock.today() + dt.timedelta(days=30),
    )  # fmt: skip
    need = record_need(
        actor=next_door, person=other, kind="device", channel=Channel.VISIT, key="wheelchair"
    ).need
    assert need not in readable(again(cast.chen))
    pair = merged(cast, two)
    day = clock.today()
    assert standing(kept, day) == [guard] and standing(other, day) == []
    parted(cast, pair)
    assert standing(kept, day) == [] and standing(other, day) == [Guardian.objects.get()]
    assert need not in readable(again(cast.chen)) and need in readable(again(next_door))
