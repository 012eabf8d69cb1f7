"""Whose record the pages of an assessment show."""

from yice.loop.assess.models import Assessment
from yice.loop.identify.looking import person_of, register

_of = person_of(Assessment, "person")
register("assessment", lambda assessment, **_: _of(assessment))
