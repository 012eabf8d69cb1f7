"""What a form tells of a person's own situation becomes fact at once, so that nobody asks for it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yice.accounts.models import User
from yice.loop.deliver.models import Case
from yice.loop.identify.enums import BatchKind
from yice.loop.identify.services import taking
from yice.loop.identify.services.asks import askable
from yice.loop.identify.services.rescreening import rescreen
from yice.rules.model import Plan
from yice.rules.services import Form


def learn(
    actor: User, case: Case, plan: Plan, form: Form, read: Mapping[str, Any], known: Mapping[str, Any]
) -> None:
    """Take the fact fields that say something new. What a register or a list answers for is left to its owner."""
    if case.person is None:
        return
    new: dict[str, Any] = {}
    for name, value in read.items():
        fact = plan.facts.get(form.fields[name].fact or "")
        if fact is None or fact.derive is not None or not askable(fact):
            continue
        if known.get(fact.name) != value:
            new[fact.name] = ";".join(value) if isinstance(value, list) else value
    if not new:
        return
    given = taking.batch(actor=actor, person=case.person, kind=BatchKind.ANSWER)
    touched = taking.take(actor=actor, person=case.person, values=new, of=given, plan=plan)
    rescreen(case.person, touched)
