"""The work behind `stage` and `commit`, the same in a job and on the command line.

Staging may be repeated at any time: it starts anew. A commit is one transaction; a kill leaves the batch staged and
the site as it was, or everything in.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from yice import shelf
from yice.accounts.models import User
from yice.areas.models import Area
from yice.audit import services as audit
from yice.exchange.imports import pauses, refused, standing
from yice.exchange.imports.commit_lists import commit_list, match_again
from yice.exchange.imports.commit_members import commit_members
from yice.exchange.imports.commit_people import answered_since, commit_people
from yice.exchange.imports.compare import MovedError, compare_people, version
from yice.exchange.imports.compare_lists import compare_list
from yice.exchange.imports.delivery import Delivery
from yice.exchange.imports.following import follow
from yice.exchange.imports.keeping import sweep, tidy
from yice.exchange.imports.leftovers import give_up
from yice.exchange.imports.loading import load, setting_of
from yice.exchange.imports.pipeline import Preparer
from yice.exchange.imports.reading import read_delivery
from yice.exchange.imports.services import already_committed, require_decidable
from yice.exchange.imports.staging import Store, open_store
from yice.exchange.imports.staging.store import note, noted, rows
from yice.exchange.imports.steps import Steps
from yice.identifiers import sealing
from yice.loop.identify import indexing
from yice.loop.identify.enums import BatchKind, BatchState
from yice.loop.identify.models import Batch
from yice.loop.identify.pairing.propose import ClaimedError
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

# What a list is matched by.
WHO = {
    "name",
    "id_number",
    "certificate_number",
    "hukou",
    "removed_on",
    "birth_date",
    "sex",
    "phone",
    "address",
}
FEW = 20_000  # persons who came, went or changed: with more every row of a list is compared anew


class AnsweredError(Exception):
    """Somebody's answers were taken between the preview and its commit."""


def stage_batch(batch: Batch, steps: Steps) -> Batch:
    """Read, load and compare; the batch ends staged, or paused with its reasons."""
    sweep()
    give_up()
    steps.progress(0, 0, "读取文件")
    apart: set[int] | None = set()
    for _again in range(3):
        # Each time: a key that came meanwhile is brought to the whole register first.
        marks = indexing.settle()
        try:
            with (
                shelf.passing(batch.file_path) as upload,
                Preparer(setting_of(batch), upload.stat().st_size) as preparer,
            ):
                return _stage(batch, steps, read_delivery(upload, batch), preparer, apart, marks)
        except (Problem, Problems):
            Batch.objects.filter(pk=batch.pk, state=BatchState.READING).update(
                state=BatchState.UNREADABLE, mapping=batch.mapping
            )
            raise
        except ClaimedError as error:
            # Rows that stood must be compared beside those that came; at last all of them.
            apart = None if apart else error.entries
        except MovedError:  # another delivery of the same people went in while this one was read
            continue
    raise moved()


def _stage(
    batch: Batch,
    steps: Steps,
    delivery: Delivery,
    preparer: Preparer,
    apart: set[int] | None,
    marks: int,
) -> Batch:
    if batch.kind == BatchKind.LIST and batch.month is None:
        batch.month = delivery.month.first if delivery.month else batch.as_of.replace(day=1)
    batch.mapping = {**batch.mapping, **delivery.mapping}
    store = open_store(batch.uuid)
    loaded = load(store, batch, delivery, preparer, steps, apart)
    counts: dict[str, Any] = {
        "read": loaded.read,
        "refused": loaded.refused,
        "notes": list(delivery.notes),
        "by_household": delivery.by_household,
        "odd": list(delivery.odd),
        "health": dict(loaded.health),
    }
    if sealing.mark_version() != marks:  # half of the rows may be by the key before
        raise MovedError
    store.attach()
    try:
        if delivery.sheet is not None:
            lines = [int(line) for (line,) in rows(store, "SELECT DISTINCT line FROM {s}.refused")]
            refused.keep(batch, delivery.sheet, lines)
        if batch.kind == BatchKind.LIST:  # a line of the file may name several people
            counts["lines"] = standing.lines(store) + loaded.refused
        note(store, "fields", list(delivery.fields))
        counts |= compare(store, batch, steps)
    finally:
        store.detach()
    with steps.commit(last=True):
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        if locked.state in (BatchState.COMMITTED, BatchState.DISCARDED):
            return locked
        _settle(batch, counts)
        audit.record(
            actor=batch.recorded_by,
            code=_code(batch, "staged"),
            subject=batch,
            area=batch.area,
            values=_told(batch),
        )
    return batch


def compare(store: Store, batch: Batch, steps: Steps) -> dict[str, Any]:
    """The counts of the preview."""
    steps.progress(0, 0, "比对")
    if batch.kind == BatchKind.LIST:
        return compare_list(store, batch)
    end = Area.objects.get(code=batch.area).end
    return asdict(compare_people(store, batch, end, noted(store, "fields")))


def _settle(batch: Batch, counts: dict[str, Any]) -> None:
    batch.counts = {**counts, "wait_seconds": pauses.wait_seconds(batch, counts)}
    batch.pauses = pauses.reasons(batch, batch.counts)
    batch.state = BatchState.PAUSED if pauses.waits(batch.pauses) else BatchState.STAGED
    batch.save(update_fields=["mapping", "month", "counts", "pauses", "state"])


def commit_batch(batch: Batch, steps: Steps, *, actor: User, accept_pauses: bool = False) -> Batch:
    """Take what is staged, all or none; a batch that is in already stays as it is."""
    batch.refresh_from_db()
    if batch.state == BatchState.COMMITTED:
        tidy(batch)
        return batch
    require_decidable(batch, accept_pauses=accept_pauses)
    store = open_store(batch.uuid)
    indexing.settle()
    if not store.exists():  # empty after a crash, or marked by another key; the upload is still there
        before = batch.counts
        batch = stage_batch(batch, _Within(steps))
        _require_same(batch, before)
    store.attach()
    try:
        batch = _recompare_if_moved(store, batch, steps)
        for last in (False, False, True):
            try:
                _commit(store, batch, steps, actor)
                break
            except (AnsweredError, ClaimedError):  # an answer was taken meanwhile: it must not be lost
                if last:
                    raise moved() from None
                batch = _recompare(store, batch, steps)
    finally:
        store.detach()
    tidy(batch)
    return batch


def _recompare_if_moved(store: Store, batch: Batch, steps: Steps) -> Batch:
    """Somebody committed another delivery since the preview: compare again, and ask again if the counts moved."""
    if noted(store, "version") == version(batch):
        return batch
    return _recompare(store, batch, steps)


def _recompare(store: Store, batch: Batch, steps: Steps) -> Batch:
    before = batch.counts
    try:
        counts = {**before, **compare(store, batch, steps)}
        with transaction.atomic():
            _settle(batch, counts)
    except (MovedError, ClaimedError):
        store.detach()
        batch = stage_batch(batch, _Within(steps))
        store.attach()
    _require_same(batch, before)
    return batch


def moved() -> Problem:
    """The preview is no longer what a commit would do."""
    return Problem(
        "import-moved",
        Message("预览之后，别的导入改动了在册人员，这一批的数字变了，还没有入库。"),
        fix=Message("请看更新后的预览，再确认一次。"),
    )


def _require_same(batch: Batch, before: dict[str, Any]) -> None:
    if {**batch.counts, "wait_seconds": 0} != {**before, "wait_seconds": 0}:
        raise moved()


def _commit(store: Store, batch: Batch, steps: Steps, actor: User) -> None:
    fields = noted(store, "fields")
    stages = _Stages(steps)
    with steps.commit(last=True):
        if indexing.hold() != noted(store, "complete"):  # and one commit of persons at a time
            raise moved()
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        if locked.state not in (BatchState.STAGED, BatchState.PAUSED):
            raise already_committed()
        batch.decided_by = actor
        if noted(store, "version") != version(batch):
            raise moved()
        if batch.kind == BatchKind.LIST:
            commit_list(store, batch, stages)
        else:
            if answered_since(store):
                raise AnsweredError
            base = commit_people(store, batch, fields, stages)
            commit_members(store, batch)
            if batch.counts["added"] or batch.counts["would_remove"] or WHO & set(batch.counts["fields"]):
                stages("与名单比对")
                match_again(Area.objects.get(code=batch.area), _changed(store, batch, base))
        batch.state, batch.committed_at = BatchState.COMMITTED, clock.now()
        batch.save(update_fields=["state", "committed_at", "decided_by", "counts"])
        audit.record(
            actor=actor, code=_code(batch, "committed"), subject=batch, area=batch.area, values=_told(batch)
        )
        follow(batch, actor=actor)


def _changed(store: Store, batch: Batch, base: int) -> set[int] | None:
    """Who came, went or has another name, number or place by this register; None where they are many."""
    counts = batch.counts
    if sum(counts[name] for name in ("added", "changed", "would_remove")) > FEW:
        return None
    facts = ", ".join(f"'{name}'" for name in sorted(WHO))
    found = rows(
        store,
        f"""SELECT %s + number FROM {{s}}.verdict WHERE status = 'a'
        UNION SELECT person_id FROM {{s}}.change WHERE fact IN ({facts})
        UNION SELECT person_id FROM {{s}}.gone""",
        [base],
    )
    return {int(person) for (person,) in found}


def _code(batch: Batch, done: str) -> str:
    """A list is told by its rows, a register by its people."""
    return f"batch.list_{done}" if batch.kind == BatchKind.LIST else f"batch.{done}"


def _told(batch: Batch) -> dict[str, Any]:
    """What an event says of a batch: the file's digest and the counts."""
    names = (
        "read",
        "added",
        "changed",
        "unchanged",
        "refused",
        "would_remove",
        "matched",
        "possible",
        "unmatched",
    )
    counts = {name: batch.counts.get(name, 0) for name in names}
    return {"source": batch.source, "digest": batch.file_digest, **counts}


class _Stages:
    """Names the steps of a commit as it goes."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def __call__(self, stage: str) -> None:
        self._steps.progress(0, 0, stage)


class _Within:
    """Staging inside a commit: its own transaction is not the job's last."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.progress, self.check = steps.progress, steps.check

    def commit(self, *, last: bool = False) -> Any:
        return self._steps.commit(last=False)
