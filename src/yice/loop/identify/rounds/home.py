"""One household at once: nothing changed since it was last recorded, said with one touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yice.accounts.models import User
from yice.loop.identify.models import Reply
from yice.loop.identify.rounds.enums import TO_DO
from yice.loop.identify.rounds.reading import Typed
from yice.loop.identify.rounds.saving import save_reply
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message


def confirm_home(
    *, actor: User, reply: Reply, versions: Mapping[str, int], fields: Mapping[str, Any], key: str
) -> int:
    """Hand in every open form of the household as it was shown (`versions` by form), all or none.

    Gives how many. What one of them still lacks is told by name, and nothing is kept.
    """
    rows = Reply.objects.filter(round=reply.round_id, state__in=TO_DO).order_by("pk")
    home = {"household": reply.household_id} if reply.household_id else {"pk": reply.pk}  # a home of one
    forms = list(rows.filter(**home).select_related("person"))
    problems: list[Problem] = []
    with transaction.atomic():
        for one in forms:
            try:
                save_reply(
                    actor=actor,
                    reply=one,
                    version=versions.get(str(one.uuid), -1),
                    typed=Typed(dict(fields)),
                    key=f"{key}-{one.pk}",
                )
            except Problem as problem:
                problems.append(_of(one, [problem]))
            except Problems as several:
                problems.append(_of(one, several.problems))
        if problems:
            raise Problems(problems)
    return len(forms)


def _of(reply: Reply, problems: list[Problem]) -> Problem:
    what = Message("{name}还有 {n} 项要问，请单独登记。", name=reply.name, n=len(problems))
    return Problem("home-left", what)
