"""What was said at the door or by telephone, taken as facts; the person is screened again at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yice.accounts.models import User
from yice.loop.identify.models import Person

DOES_NOT_KNOW = "does_not_know"
REFUSES = "refuses"


@dataclass(frozen=True)
class Given:
    """One answer: a value of the fact's type, or that the person does not know or refuses."""

    kind: str  # AnswerKind: value | does_not_know | refuses
    value: Any = None


@dataclass(frozen=True)
class Rescreened:
    """What became of the person: group → status after, findings opened and closed, questions left."""

    statuses: dict[str, str]
    opened: list[str]
    closed: list[str]
    questions_left: int


def answer(*, actor: User, person: Person, answers: Mapping[str, Given], version: int) -> Rescreened:
    """Take answers to `person`'s open questions. `version` is the ask's: a stale one is Problem "stale".

    Values may be the form's text: "true", "60000", "2020-05-01", "a;b"; a wrong one is a Problem with `field`.
    """
    raise NotImplementedError
