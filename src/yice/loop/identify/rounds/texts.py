"""Words on forms of yearly rounds that an older release kept in plain: how many there are, and sealed in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from yice.identifiers.sealing import SEALED
from yice.loop.identify.models import Reply, ReplyChange, ReplyDispute, Round
from yice.loop.identify.rounds.kept import NOTE, in_words, sealed_text
from yice.policy import selectors as policy

BATCH = 500
HISTORY = ((ReplyChange, ("before", "after")), (ReplyDispute, ("now", "mine")))


def plain() -> int:
    """How many rows hold such words."""
    return sum(rows.count() for rows, _columns, _names in _kinds())


def seal_plain(tell: Callable[[str, int, int], None]) -> int:
    """Seal them while others work; may be stopped and begun again. Gives how many rows were sealed."""
    return sum(_seal(*kind, tell) for kind in _kinds())


def _kinds() -> Iterator[tuple[QuerySet[Any], tuple[str, ...], frozenset[str]]]:
    """Rows with words in plain, their columns, and of `answers` the items that are words."""
    for of in Round.objects.select_related("pack").defer("pack__files").order_by("pk"):
        plan = policy.plan(of.pack)
        forms = [plan.questionnaires[name] for name in (of.questionnaire, of.villages) if name]
        names = frozenset(item.id for form in forms for item in form.items.values() if in_words(item))
        yield _answers(of, names), ("answers",), names
        for model, columns in HISTORY:
            rows = model._default_manager.filter(reply__round=of, item__in=names | {NOTE})
            yield _strings(rows, columns), columns, names


def _answers(of: Round, names: frozenset[str]) -> QuerySet[Reply]:
    found, wanted = Reply.objects.filter(round=of), Q(pk__in=[])
    for number, name in enumerate(sorted(names)):
        found = found.annotate(**{f"text{number}": Cast(KeyTextTransform(name, "answers"), TextField())})
        said = Q(**{f"text{number}__gt": ""})  # something, and not null
        wanted |= said & ~Q(**{f"text{number}__startswith": f'{{"{SEALED}"'})
    return found.filter(wanted)


def _strings(rows: QuerySet[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    for column in columns:
        rows = rows.annotate(**{f"raw_{column}": Cast(column, TextField())})
        wanted |= Q(**{f"raw_{column}__startswith": '"'}) & ~Q(**{f"raw_{column}": '""'})
    return rows.filter(wanted)


def _seal(
    rows: QuerySet[Any],
    columns: tuple[str, ...],
    names: frozenset[str],
    tell: Callable[[str, int, int], None],
) -> int:
    total, done, last = rows.count(), 0, 0
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))[:BATCH])
            if not batch:
                return done
            for row in batch:
                for column in columns:
                    setattr(row, column, _sealed(getattr(row, column), names))
            rows.model._default_manager.bulk_update(batch, columns, batch_size=100)
        last, done = batch[-1].pk, done + len(batch)
        tell(f"{rows.model._meta.label}.{columns[0]}", done, total)


def _sealed(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, str):
        return sealed_text(value)
    if isinstance(value, dict) and SEALED not in value:
        return {
            name: sealed_text(one) if name in names and isinstance(one, str) else one
            for name, one in value.items()
        }
    return value
