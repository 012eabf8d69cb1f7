"""Take facts that came one person at a time: overrides beside the register's row, a change row each, a batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from yice.accounts.models import User
from yice.loop.identify.enums import BatchKind, BatchState
from yice.loop.identify.models import Batch, Change, Facts, Person
from yice.loop.identify.rounds.opening import follow
from yice.policy import selectors as policy
from yice.policy import snapshot
from yice.policy.screening import Screened
from yice.rules.expression.scope import facts_of
from yice.rules.model import Fact, Plan
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def batch(*, actor: User, person: Person, kind: BatchKind, as_of: Any = None) -> Batch:
    """The batch that a person's answers or an officer's corrections come with."""
    source = "person" if kind == BatchKind.ANSWER else "correction"
    return Batch.objects.create(
        kind=kind,
        source=source,
        area=person.hukou,
        as_of=as_of or clock.today(),
        state=BatchState.COMMITTED,
        recorded_by=actor,
        recorded_at=clock.now(),
        decided_by=actor,
        committed_at=clock.now(),
    )


def take(*, actor: User, person: Person, values: Mapping[str, Any], of: Batch, plan: Plan) -> list[int]:
    """Put `values` before what is known of the person, and of the household for facts that are the household's.

    Gives the keys of all persons whose facts changed.
    """
    facts = facts_of(plan)
    shared = {name: value for name, value in values.items() if facts[name].source == "household"}
    shared.pop("residence", None)  # declared with the household, but everybody lives where they live
    own = {name: value for name, value in values.items() if name not in shared}
    touched: dict[int, dict[str, Any]] = {person.pk: {**own, **shared}}
    if shared and person.household_id is not None:
        others = Person.objects.filter(household_id=person.household_id, removed_on=None).exclude(
            pk=person.pk
        )
        touched |= {key: dict(shared) for key in others.order_by("id").values_list("id", flat=True)}
    rows = {row.person_id: row for row in Facts.objects.select_for_update().filter(person_id__in=touched)}
    changes = []
    for key, mine in touched.items():
        row = rows.get(key) or Facts(person_id=key, batch=of)
        for name, value in mine.items():
            held = row.overrides.get(name, [])
            entry = {
                "value": value,
                "source": of.source,
                "date": of.as_of.isoformat(),
                "by": actor.name,
                "batch": of.pk,
            }
            row.overrides = {**row.overrides, name: [entry, *held]}
            before = held[0]["value"] if held else stored(row, name)
            if name == "residence" and before is None:
                before = person.residence
            changes.append(
                Change(
                    person_id=key, batch=of, fact=name, before=before, after=value, at=clock.now(), by=actor
                )
            )
        row.save()
    Change.objects.bulk_create(changes)
    if "residence" in own:
        Person.objects.filter(pk=person.pk).update(residence=own["residence"])
        person.residence = own["residence"]
        follow(person)
    return list(touched)


def stored(row: Facts, name: str) -> Any:
    """What the register's row says of a fact, as JSON."""
    value = getattr(row, name, None) if name in _COLUMNS else row.rest.get(name)
    return value.isoformat() if isinstance(value, dt.date) else value


_COLUMNS = {field.name for field in Facts._meta.concrete_fields} - {"person", "batch", "rest", "overrides"}


def plan_of(person: Person) -> Plan:
    """The plan that binds the person's place, else a Problem that says none is installed."""
    pack = policy.pack_for(person.hukou)
    if pack is None:
        raise Problem(
            "no-pack",
            Message("这个地方还没有安装策略包。"),
            fix=Message("请系统管理员先安装本地的策略包。"),
        )
    return policy.plan(pack)


def fact_of(plan: Plan, name: str) -> Fact:
    """A fact of the plan that may be stated, else a Problem."""
    fact = facts_of(plan).get(name)
    if fact is None or fact.derive is not None:
        raise Problem("fact-unknown", Message("策略包里没有这一项事实。"), field=name)
    return fact


def screened_now(persons: list[int], person: Person) -> Screened | None:
    """These persons' facts as they stand, before the plan of their place; None where there is none."""
    pack = policy.pack_for(person.hukou)
    if pack is None:
        return None
    plan, today = policy.plan(pack), clock.today()
    provided = snapshot.people(plan=plan, persons=persons, as_of=today)
    return Screened(pack, plan, today, provided.values)
