"""When a delivery changes more than is usual, it waits for somebody's yes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from yice.exchange.imports.counting import same_file
from yice.loop.identify.enums import BatchKind, BatchState
from yice.loop.identify.models import Batch

SHARE = 0.05  # of those on file …
ROWS = 50  # … or this many
REFUSED = 0.2  # of the rows read: then a column was probably misread
NOTHING_NEW = "same_file_nothing"
SUSPICIOUS = "suspicious"  # needs a reason beside the yes
LONG_COMMIT = 100_000  # changed rows
SQLITE_RATE = 25_000  # rows a second that a commit writes, about


def reasons(batch: Batch, counts: dict[str, Any]) -> list[dict[str, Any]]:
    """What somebody should know first: codes and numbers (sentences in `reasons`); see `waits`."""
    return _same_file(batch, counts) or _unusual(batch, counts)


def _unusual(batch: Batch, counts: dict[str, Any]) -> list[dict[str, Any]]:
    found = _older(batch)
    if other := batch.mapping.get("looks_like"):
        found.append({"code": "other_kind", "kind": other})
    if batch.kind == BatchKind.LIST:
        found += _list(counts)
    else:
        on_file = counts["on_file"]
        for code, count in (("removals", counts["would_remove"]), ("rekeyed", counts["rekeyed"])):
            if abnormal(count, on_file):
                found.append({"code": code, "count": count, "on_file": on_file})
    if counts["read"] and counts["refused"] > REFUSED * counts["read"]:
        found.append({"code": "refused", "count": counts["refused"], "read": counts["read"]})
    return found


def abnormal(count: int, of: int) -> bool:
    """Over the share or over the rows, both settings of the site."""
    share = getattr(settings, "YICE_IMPORT_PAUSE_SHARE", SHARE)
    rows = getattr(settings, "YICE_IMPORT_PAUSE_ROWS", ROWS)
    return bool(count and (count > rows or count > share * of))


def wait_seconds(batch: Batch, counts: dict[str, Any]) -> int:
    """How long other writers will wait for the commit, when it is long enough to be told; 0: not."""
    rows: int = counts.get("added", 0) + counts.get("changed", 0) + counts.get("would_remove", 0)
    if connection.vendor != "sqlite" or rows <= LONG_COMMIT:
        return 0
    return max(1, round(rows / SQLITE_RATE))


def waits(found: list[dict[str, Any]]) -> bool:
    """Whether a delivery waits for a yes: a file that is in already and would change nothing need not."""
    return any(entry["code"] != NOTHING_NEW for entry in found)


def suspicious(found: list[dict[str, Any]]) -> bool:
    """Whether the list looks like one that went wrong on its way, so that a yes needs its reason."""
    return any(entry["code"] == SUSPICIOUS for entry in found)


def _same_file(batch: Batch, counts: dict[str, Any]) -> list[dict[str, Any]]:
    """The committed delivery of this very file: with nothing left to bring in, or, as the site moved on, with it all."""
    alike = Batch.objects.filter(
        source=batch.source, area=batch.area, month=batch.month, file_digest=batch.file_digest,
        state=BatchState.COMMITTED,
    )  # fmt: skip
    before = alike.order_by("-id").first()
    if before is None or before.committed_at is None:
        return []
    day = timezone.localtime(before.committed_at).date().isoformat()
    nothing = _brings_nothing(batch, before, counts)
    told = {"code": NOTHING_NEW if nothing else "same_file", "date": day, "batch": before.uuid.hex}
    return [told] if nothing else [told, *_unusual(batch, counts)]


def _brings_nothing(batch: Batch, before: Batch, counts: dict[str, Any]) -> bool:
    if batch.kind == BatchKind.LIST:
        return same_file(batch) is not None
    new = any(counts[name] for name in ("added", "changed", "would_remove", "rekeyed"))
    return not new and batch.as_of <= before.as_of


def _older(batch: Batch) -> list[dict[str, Any]]:
    if batch.kind == BatchKind.LIST:
        return []
    latest = (
        Batch.objects.filter(
            source=batch.source, area=batch.area, state=BatchState.COMMITTED, as_of__gt=batch.as_of
        )
        .order_by("-as_of")
        .first()
    )
    if latest is None:
        return []
    return [{"code": "older", "as_of": batch.as_of.isoformat(), "latest": latest.as_of.isoformat()}]


def _list(counts: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    if counts.get("suspicious"):
        found.append({"code": SUSPICIOUS, "problem": counts["suspicious"]})
    if abnormal(counts["left"], counts["before"]):
        found.append({"code": "left", "count": counts["left"], "before": counts["before"]})
    if counts["replaces"] and counts["entries"] < counts["replaces"]:
        found.append({"code": "fewer", "count": counts["entries"], "before": counts["replaces"]})
    if counts["entries"] and not counts["matched"] and not counts["possible"]:
        found.append({"code": "nobody"})
    return found
