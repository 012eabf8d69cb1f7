"""What the desk's forms share: places to choose from, and a refusal shown beside what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from django.forms import BaseForm, Field
from django.utils.translation import gettext, gettext_lazy

from yice.accounts import access
from yice.areas.models import Tier
from yice.areas.selectors import below, names
from yice.identifiers.division import ancestors
from yice.loop.identify.selectors.questions import Question
from yice.terms.errors import Problem, Problems
from yice.web.desk.paging import digits
from yice.web.ui.errors import add_problems

T = TypeVar("T")
SATISFIED = [
    ("5", gettext_lazy("5 分，很满意")),
    ("4", gettext_lazy("4 分，满意")),
    ("3", gettext_lazy("3 分，一般")),
    ("2", gettext_lazy("2 分，不满意")),
    ("1", gettext_lazy("1 分，很不满意")),
]


def uuid_in(text: str | None) -> UUID | None:
    """What an address names; None where it is no UUID."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def villages_for(questions: Iterable[Question], code: str) -> list[tuple[str, str]]:
    """The villages of the county around `code`, with their streets; none where no question is about a place."""
    if not any(question.type == "area" for question in questions):
        return []
    county = next((one for one in ancestors(code) if one.endswith("000000") and one[4:6] != "00"), code)
    found = list(below(county, Tier.VILLAGE))
    streets = names({one.code[:9].ljust(12, "0") for one in found})
    return [(one.code, f"{streets.get(one.code[:9].ljust(12, '0'), '')} {one.name}".strip()) for one in found]


def mark(thing: str, version: int) -> str:
    """What a tick on a page says: the thing, and the version that the reader saw."""
    return f"{thing}.{version}"


def ticked(there: Mapping[str, T], marks: Iterable[str]) -> list[tuple[T, int]]:
    """What the page offered and somebody ticked, with the version they saw; what is gone is left out."""
    split = [one.partition(".") for one in marks]
    return [
        (there[key], version)
        for key, _dot, said in split
        if key in there and (version := digits(said, 9)) is not None
    ]


def choose(field: Field, choices: Iterable[tuple[str, str]]) -> None:
    """Offer these, with none chosen beforehand."""
    field.choices = [("", gettext("请选择")), *choices]  # type: ignore[attr-defined]


@contextmanager
def refusing(form: BaseForm, *, version: int = 0) -> Iterator[None]:
    """Run a service, and what follows it where it succeeds; what it refuses goes into the form, and the page goes on.

    Who may not do this at all is told so by a page of its own.
    """
    try:
        yield
    except access.Forbidden:
        raise
    except (Problem, Problems) as problem:
        refused(form, problem, version=version)


def refused(form: BaseForm, problem: Problem | Problems, *, version: int) -> None:
    """Put a service's refusal into the form, which keeps what was typed.

    After "stale" the form carries the version now shown on the page: who has read what changed may go on.
    """
    add_problems(form, problem)
    first = problem.problems[0] if isinstance(problem, Problems) else problem
    if first.code == "stale":
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(version)
