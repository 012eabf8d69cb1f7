"""Which tables stand behind the wall of rows, and what opens a row besides its own places.

A table that is behind no wall is named in `OPEN`, with why; a new one that is in neither fails the tests.
"""

from __future__ import annotations

from django.db.models import Model

# Tables about no person, or that name nobody: whole apps, and single models of the others.
OPEN = {
    "contenttypes": "Django's own",
    "auth": "Django's own",
    "sessions": "keyed by what only its owner has",
    "axes": "digests and addresses of attempts",
    "areas": "divisions",
    "accounts": "people who work here",
    "audit": "references, no names; chained, so every writer reads its end",
    "jobs": "references, no names",
    "network": "organisations and places",
    "policy": "packs, runs, files' names",
    "exchange": "agreements; a doubt names a row by reference",
    "identify.Batch": "deliveries: which file, of which day",
    "identify.ListReceipt": "which list came for which month",
    "identify.Serial": "counters",
    "identify.NameFolding": "characters",
    "identify.Round": "a year's round of an area",
    "identify.RoundShare": "how many of a place are done",
    "assess.Assessor": "people who work here",
    "deliver.Cover": "who stands in for whom",
    "supervise.Report": "figures",
    "supervise.TargetTally": "figures",
    "supervise.MonthFigures": "figures",
    "supervise.Told": "figures",
}
# Open otherwise, but what lets somebody in is read by its owner alone; a sign-in that is nobody's yet has none.
OWN = {"accounts.SignIn": "user", "accounts.Token": "user", "accounts.RecoveryCode": "user"}
# Read by no page.
CLOSED = ("sessions.Session",)
# Rows of a list bear the sender's area, households the county: whoever may read a person reads what is joined to them.
JOINED = {
    "identify.ListEntry": ("identify.ListLink", "entry"),
    "identify.Household": ("identify.Person", "household"),
}
# These bear the place of their case, which is one of its two: held by the reader's areas on either basis, the case is
# theirs, and need not be asked.
PLACED = {"deliver.OpenStep": "area", "deliver.StepOffice": "area"}
# Whoever works on it, or did, reads it wherever it lies: a window elsewhere that took an application, a guest.
MINE = {"deliver.Case": (("deliver.OpenStep", "case", "holder"), ("deliver.StepRecord", "case", "by"))}
# Whoever reads a day's list reads whom it names, who may live elsewhere by now.
LISTED = ("identify.Visit", "person", "list")
PERSON = "identify.Person"


def is_open(model: type[Model]) -> bool:
    return model._meta.app_label in OPEN or model._meta.label in OPEN
