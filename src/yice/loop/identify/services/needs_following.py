"""A need goes where its person goes, and learns that what it waited for has come about."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas.selectors import within
from yice.loop.identify.enums import FindingState, NeedState
from yice.loop.identify.models import Need, NeedStep
from yice.loop.identify.services.following import moved_away
from yice.loop.identify.services.needs import moved, waiting_row
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened

_OPEN = ~Q(state=NeedState.CLOSED)


def follow_run(run: ScreeningRun, screened: Screened) -> dict[str, int]:
    """The registry's consumer."""
    return {"needs_moved": follow_moves(run.area), "needs_settled": note_settled(run.area)}


def follow_moves(area: str) -> int:
    """Open needs of `area` whose person moved, and of those who moved into it: number and deadline stay. Whose hands
    do not reach so far lets go, and the need is shown there as nobody's."""
    keys = moved_away(Need, area, _OPEN)
    for pk in keys:
        with transaction.atomic():
            row = waiting_row(pk)
            if row is None:
                continue
            row.hukou, row.residence, row.moved_to = row.person.hukou, row.person.residence, None
            if row.owner is not None and not access.may(row.owner, Action.NEED_HANDLE, row).allowed:
                row.owner = None
            moved(row, None, "moved")
    return len(keys)


def note_settled(area: str) -> int:
    """Needs made from a finding that has closed: the person is still to be told, and only that closes the need."""
    told = NeedStep.objects.filter(need=OuterRef("pk"), kind="settled")
    rows = Need.objects.filter(
        _OPEN, ~Exists(told), within("hukou", area), finding__state=FindingState.CLOSED
    )
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        with transaction.atomic():
            row = waiting_row(pk)
            if row is not None:
                moved(row, None, "settled")
    return len(keys)
