"""The figures that the database knows, asked at each scrape: queue, imports, what is overdue, the last backup, room."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from yice import shelf
from yice.audit.heads import missing
from yice.audit.models import Anchor
from yice.config.backup import last
from yice.config.record import noted_outside
from yice.jobs.models import Job, State
from yice.loop.deliver.models import OpenStep
from yice.loop.identify.enums import BatchState, NeedState
from yice.loop.identify.models import Batch, Need
from yice.terms import clock
from yice.terms.errors import AwayError, Problem

ROWS = ("read", "added", "changed", "unchanged", "refused", "unmatched")


class Asked(Collector):
    def collect(self) -> Iterator[Metric]:
        """Everything, or, when the database does not answer, that alone."""
        free = shutil.disk_usage(settings.VAR).free
        yield GaugeMetricFamily("yice_data_free_bytes", "Room where the site's data lies", free)
        yield GaugeMetricFamily("yice_files_up", "Whether lasting files can be reached", int(_files()))
        try:
            found = [
                *_jobs(),
                *_imports(),
                *_overdue(),
                *_anchor(),
            ]  # no transaction: on SQLite it would lock out writers
        except (DatabaseError, InterfaceError):
            found = []
        yield GaugeMetricFamily("yice_database_up", "Whether the database answered", int(bool(found)))
        yield from found
        yield from _backup()


def _files() -> bool:
    try:
        shelf.exists("probe")
    except AwayError:
        return False
    return True


def _jobs() -> Iterator[Metric]:
    counted = GaugeMetricFamily("yice_jobs", "Jobs on record", labels=["kind", "state"])
    for row in Job.objects.values("kind", "state").annotate(n=Count("pk")).order_by("kind", "state"):
        counted.add_metric([row["kind"], row["state"]], row["n"])
    yield counted
    queue = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        since=Min("created_at", filter=Q(state=State.WAITING)),
        silent=Count("pk", filter=Q(state=State.RUNNING, lease_until__lte=timezone.now())),
    )
    yield GaugeMetricFamily("yice_jobs_waiting", "Jobs that nobody has begun", queue["waiting"])
    yield GaugeMetricFamily(
        "yice_job_oldest_waiting_seconds", "Since the oldest was asked for", _age(queue["since"])
    )
    yield GaugeMetricFamily("yice_jobs_silent", "Jobs whose worker fell silent", queue["silent"])


def _imports() -> Iterator[Metric]:
    """Rows of deliveries that went in, over the whole life of the site."""
    rows: Counter[tuple[str, str]] = Counter()
    for kind, counts in (
        Batch.objects.filter(state=BatchState.COMMITTED).exclude(job=None).values_list("kind", "counts")
    ):
        for name in ROWS:
            rows[kind, name] += int(counts.get(name) or 0)
    told = CounterMetricFamily("yice_import_rows", "Rows of committed imports", labels=["kind", "outcome"])
    for labels, count in sorted(rows.items()):
        told.add_metric(labels, count)
    yield told


def _overdue() -> Iterator[Metric]:
    today = clock.today()
    needs = Need.objects.exclude(state=NeedState.CLOSED).filter(due_on__lt=today)
    oldest = needs.aggregate(first=Min("due_on"))["first"]
    yield GaugeMetricFamily("yice_needs_overdue", "Needs past their day without an answer", needs.count())
    yield GaugeMetricFamily(
        "yice_need_longest_overdue_days", "Of the oldest of them", (today - oldest).days if oldest else 0
    )
    steps = OpenStep.objects.filter(due_on__lt=today).count()
    yield GaugeMetricFamily("yice_steps_overdue", "Steps of services past their day", steps)


def _anchor() -> Iterator[Metric]:
    """Left out while there was none."""
    last = Anchor.objects.aggregate(day=Max("day"))["day"]
    if last is not None:
        age = (clock.today() - last).days
        yield GaugeMetricFamily("yice_anchor_age_days", "Since the record's last anchor was set", age)
    try:
        gone = len(missing(noted_outside()))
    except Problem:  # a file that cannot be read proves nothing
        gone = 1
    told = "Anchors and heads noted outside the database that the record does not hold"
    yield GaugeMetricFamily("yice_record_noted_missing", told, gone)


def _backup() -> Iterator[Metric]:
    """Left out while there was none: an alert asks for its absence, too."""
    age = last.age()
    if age is not None:
        yield GaugeMetricFamily("yice_backup_age_seconds", "Since the last backup was made", age)


def _age(since: dt.datetime | None) -> float:
    return max(0.0, (clock.now() - since).total_seconds()) if since else 0.0
