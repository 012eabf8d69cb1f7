"""Mend a fact here, or ask the owner of the register to mend it there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yice.accounts.models import User
from yice.loop.identify.models import CorrectionRequest, Person
from yice.loop.identify.services.answering import Rescreened


def correct_fact(
    *, actor: User, person: Person, fact: str, value: Any, seen_on: dt.date, why: str
) -> Rescreened:
    """Record that a fact is otherwise, with the day it was seen. Certificate facts are refused: "not-ours"."""
    raise NotImplementedError


def request_correction(
    *, actor: User, person: Person, register: str, fact: str, asked: Any, why: str
) -> CorrectionRequest:
    """Ask the owner of `register` ("certificates" or a list kind); the held value stays until they send another."""
    raise NotImplementedError
