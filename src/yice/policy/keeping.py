"""How long the files of a screening are kept. A snapshot's row, its digest and its lists stay for ever."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from yice import shelf
from yice.audit.services import record
from yice.policy.models import ScreeningRun, Snapshot
from yice.terms import clock

HALF_WRITTEN = 86_400  # seconds: a folder that no row names is somebody's unfinished work until then
Keeper = Callable[[], set[int]]
_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """A package that still needs the files of some snapshots gives their keys."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def sweep() -> int:
    """Take away files older than YICE_KEEP_SNAPSHOTS days that nothing needs; gives how many snapshots lost theirs.

    Each area's newest run of each pack keeps its files however old they are, and so does whatever a frozen report
    was taken from.
    """
    _unfinished()
    before = clock.now() - dt.timedelta(days=settings.YICE_KEEP_SNAPSHOTS)
    old = Snapshot.objects.filter(made_at__lt=before).exclude(path="")
    if not old.exists():
        return 0
    newest = ScreeningRun.objects.order_by().values("area", "pack__pack_id").annotate(run=Max("pk"))
    kept = set(
        ScreeningRun.objects.filter(pk__in=[row["run"] for row in newest]).values_list(
            "snapshot_id", flat=True
        )
    )
    for keeper in _keepers:
        kept |= keeper()
    done = 0
    for snapshot in old.order_by("pk"):
        if snapshot.pk not in kept:
            _take_away(snapshot)
            done += 1
    return done


def _take_away(snapshot: Snapshot) -> None:
    """The row first: files without a row are swept later, a row without files could not explain itself."""
    folder = snapshot.path
    with transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(path="")
        values = {"as_of": snapshot.as_of.isoformat(), "digest": snapshot.digest[:16]}
        record(actor=None, code="snapshot.removed", subject=snapshot, area=snapshot.area, values=values)
    shelf.remove_folder(folder)


def _unfinished() -> None:
    """Files that no row names: their run was killed before it was written."""
    shelf.tidy()
    before = time.time() - HALF_WRITTEN
    late = {one.name.rpartition("/")[0] for one in shelf.names("snapshots") if one.at < before}
    if late:
        for folder in late - set(Snapshot.objects.exclude(path="").values_list("path", flat=True)):
            shelf.remove_folder(folder)
