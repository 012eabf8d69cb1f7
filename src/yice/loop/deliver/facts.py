"""What the work recorded here tells of people, as columns of a snapshot: cases, help, plans, needs, findings.

A pack says which records tell a fact (`records` of `facts.yaml`, rules.model.Records). Targets alone read them, so
that a screening of one person after an edit does not ask for them. Where no record of the kind is kept for anybody
of the area, nothing is known; elsewhere no record means none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyarrow as pa
from django.db.models import Model, Q, QuerySet

from yice.loop.assess.models import Assessment
from yice.loop.deliver.enums import RecordKind
from yice.loop.deliver.models import Case, Delivery, Payment, StepRecord
from yice.loop.identify.facts import HOME
from yice.loop.identify.models import Finding, Need
from yice.loop.plan.enums import MeasureState, PlanState
from yice.loop.plan.models import HelpPlan, Measure, Progress
from yice.policy.provided import ID, KEY, Provided, Request
from yice.rules.model import Fact, Records

HELPED = ("met", "partly")  # outcomes of a need by which help was given
Counts = dict[int, int]  # row → how many


def columns(request: Request, table: pa.Table) -> Provided:
    """One column for each fact that records tell; none when a few persons are looked at."""
    facts = [fact for fact in request.plan.facts.values() if fact.records is not None]
    kept: dict[str, pa.Array] = {}
    if facts and request.persons is None and table.num_rows:
        work = Work(request, table)
        for fact in facts:
            if (found := work.column(fact)) is not None:
                kept[fact.name] = found
    return Provided(pa.table(kept), pa.table({ID: table.column(ID)}))


@dataclass
class Work:
    """The records of the persons of one stretch, each kind read once."""

    request: Request
    table: pa.Table

    def column(self, fact: Fact) -> pa.Array | None:
        """The fact row by row; None where nobody keeps such records."""
        told = fact.records
        assert told is not None  # noqa: S101 - the caller chose those
        counts: Counts = defaultdict(int)
        if not _COUNT[told.of](self, told, counts, fact.type == "int"):
            return None
        rows = range(self.table.num_rows)
        if fact.type == "int":
            return pa.array([counts.get(row, 0) for row in rows], pa.int64())
        if told.else_unknown:
            wanting = self.wanting(told.names)
            values = [True if counts.get(row) else False if row in wanting else None for row in rows]
            return pa.array(values, pa.bool_())
        return pa.array([bool(counts.get(row)) for row in rows], pa.bool_())

    # Each kind of record: counts into `into`, and says whether any such record is kept in the area

    def cases(self, told: Records, into: Counts, number: bool) -> bool:
        for case in self._cases:
            if case.service in told.names and self._walked(case, told):
                self._count(into, case.person_id, case.household_id, number)
        return self._kept(Case, service__in=told.names)

    def deliveries(self, told: Records, into: Counts, number: bool) -> bool:
        for one in self._deliveries:
            if told.names and one["case__service"] not in told.names:
                continue
            if told.this_year and one["day"].year != self.request.as_of.year:
                continue
            taken = self._taken.get(one["case_id"], {})
            if any(step not in taken or taken[step][0] >= one["record__version"] for step in told.steps):
                continue
            times = one["person_times"] if told.person_times else 1
            self._count(into, one["person_id"], one["case__household_id"], number, times)
        return self._kept(Case, service__in=told.names) if told.names else self._kept(Case)

    def payments(self, told: Records, into: Counts, number: bool) -> bool:
        found = self._of(Payment.objects.filter(paid_on__lte=self.request.as_of))
        if told.names:
            found = found.filter(case__service__in=told.names)
        names = ("person_id", "paid_on", "record__evidence")
        for person, day, evidence in found.values_list(*names):
            if ("evidenced" not in told.only or evidence) and self._in_year(told, day):
                self._count(into, person, None, number)
        return self._kept(Case, service__in=told.names) if told.names else self._kept(Case)

    def plans(self, told: Records, into: Counts, number: bool) -> bool:
        for plan in self._plans:
            whose = "person" if plan["person_id"] else "household"
            if not told.only or whose in told.only:
                self._count(into, plan["person_id"], plan["household_id"], number)
        return self._kept(HelpPlan)

    def measures(self, told: Records, into: Counts, number: bool) -> bool:
        for one in self._measures:
            if told.names and one["kind"] not in told.names:
                continue
            if "needed" in told.only and one["need_id"] is None:
                continue
            result = self._progress.get(one["uuid"], ("", ""))[1]
            if "lasting" in told.only and not (result and one["version__plan__review_on"]):
                continue
            self._count(into, one["version__plan__person_id"], one["version__plan__household_id"], number)
        return self._kept(HelpPlan)

    def needs(self, told: Records, into: Counts, number: bool) -> bool:
        """Those that are answered, or should have been by now."""
        for one in self._needs:
            closed = one["closed_on"] is not None and one["closed_on"] <= self.request.as_of
            if told.names and one["kind"] not in told.names:
                continue
            if (closed or one["due_on"] < self.request.as_of) and (closed or "settled" not in told.only):
                self._count(into, one["person_id"], None, number)
        return self._kept(Need)

    def findings(self, told: Records, into: Counts, number: bool) -> bool:
        """Those that are settled, or should have been by now."""
        found = self._of(Finding.objects.filter(opened_on__lte=self.request.as_of))
        if told.names:
            found = found.filter(kind__in=told.names)
        for person, due, closed in found.values_list("person_id", "due_on", "closed_on"):
            settled = closed is not None and closed <= self.request.as_of
            due_by = due is not None and due < self.request.as_of
            if (settled or due_by) and (settled or "settled" not in told.only):
                self._count(into, person, None, number)
        return self._kept(Finding)

    def assessments(self, told: Records, into: Counts, number: bool) -> bool:
        found = self._of(Assessment.objects.filter(on__lte=self.request.as_of).select_related("assessor"))
        if told.names:
            found = found.filter(kind__in=told.names)
        for one in found:
            who = one.assessor
            certified = who is not None and who.since <= one.on and (who.until is None or one.on <= who.until)
            certified = certified and who is not None and (not who.kinds or one.kind in who.kinds)
            if ("certified" in told.only and not certified) or (
                "versioned" in told.only and not one.pack_hash
            ):
                continue
            if self._in_year(told, one.on):
                self._count(into, one.person_id, None, number)
        return self._kept(Assessment, kind__in=told.names) if told.names else self._kept(Assessment)

    def help(self, told: Records, into: Counts, number: bool) -> bool:
        """Given by a case, by a measure that is done, or as the outcome of a need."""
        for one in self._deliveries:
            if self._kind(one) in told.names and self._in_year(told, one["day"]):
                self._count(into, one["person_id"], one["case__household_id"], number)
        for one in self._measures:
            state, _, on = self._progress.get(one["uuid"], ("", "", None))
            if one["kind"] in told.names and state == MeasureState.DONE and self._in_year(told, on):
                self._count(into, one["version__plan__person_id"], one["version__plan__household_id"], number)
        for one in self._needs:
            given = one["outcome"] in HELPED and one["closed_on"] is not None
            if given and one["kind"] in told.names and self._in_year(told, one["closed_on"]):
                self._count(into, one["person_id"], None, number)
        return self._kept(Case) or self._kept(HelpPlan) or self._kept(Need)

    def wanting(self, kinds: Iterable[str]) -> set[int]:
        """Rows of those who wait for help of these kinds: a need that is open, a measure not done."""
        found: Counts = defaultdict(int)
        for one in self._needs:
            if one["kind"] in kinds and one["closed_on"] is None:
                self._count(found, one["person_id"], None, False)
        for one in self._measures:
            state = self._progress.get(one["uuid"], ("",))[0]
            if one["kind"] in kinds and state not in (MeasureState.DONE, MeasureState.DROPPED):
                self._count(found, one["version__plan__person_id"], one["version__plan__household_id"], False)
        return set(found)

    # What was read

    @cached_property
    def _cases(self) -> list[Case]:
        found = Case.objects.filter(applied_on__lte=self.request.as_of).order_by("id")
        wanted = {name for told in self._told("case") for name in told.names}
        names = ("id", "service", "person_id", "household_id", "end", "ended_on")
        return list(self._of(found.filter(service__in=wanted), household=True).only(*names))

    @cached_property
    def _taken(self) -> Mapping[int, dict[str, tuple[int, dt.date]]]:
        """Case → step → version of the first time it was taken, day of the last."""
        services = {
            name
            for of in ("case", "delivery")
            for told in self._told(of)
            if told.steps
            for name in told.names
        }
        found = StepRecord.objects.filter(kind=RecordKind.TAKEN, case__service__in=services)
        found = self._of(found, "case__", household=True).order_by("version")
        taken: dict[int, dict[str, tuple[int, dt.date]]] = defaultdict(dict)
        for case, step, version, at in found.values_list("case_id", "step", "version", "at"):
            if at.date() <= self.request.as_of:
                taken[case][step] = (taken[case].get(step, (version,))[0], at.date())
        return taken

    @cached_property
    def _deliveries(self) -> list[dict[str, Any]]:
        found = self._of(Delivery.objects.filter(day__lte=self.request.as_of), "case__", household=True)
        names = ("person_id", "day", "person_times", "record__version", "case_id", "case__service",
                 "case__household_id", "case__need__kind", "case__measure__kind")  # fmt: skip
        return list(found.values(*names))

    @cached_property
    def _plans(self) -> list[dict[str, Any]]:
        found = HelpPlan.objects.filter(state=PlanState.IN_FORCE, opened_on__lte=self.request.as_of)
        return list(self._of(found, household=True).values("person_id", "household_id"))

    @cached_property
    def _measures(self) -> list[dict[str, Any]]:
        """Of the versions that were signed last, of plans that are in force or came to an end."""
        found = Measure.objects.filter(version__signed_on__lte=self.request.as_of)
        found = self._of(found, "version__plan__", household=True).order_by("version__number")
        names = ("uuid", "kind", "need_id", "version__plan_id", "version__number", "version__plan__person_id",
                 "version__plan__household_id", "version__plan__review_on")  # fmt: skip
        rows = list(found.values(*names))
        last = {one["version__plan_id"]: one["version__number"] for one in rows}
        return [one for one in rows if one["version__number"] == last[one["version__plan_id"]]]

    @cached_property
    def _progress(self) -> Mapping[Any, tuple[str, str, dt.date]]:
        """Measure → state, result and day as last said."""
        found = self._of(Progress.objects.filter(on__lte=self.request.as_of), "plan__", household=True)
        rows = found.order_by("id").values_list("measure", "state", "result", "on")
        return {measure: (state, result, on) for measure, state, result, on in rows}

    @cached_property
    def _needs(self) -> list[dict[str, Any]]:
        found = self._of(Need.objects.filter(opened_on__lte=self.request.as_of))
        return list(found.values("person_id", "kind", "due_on", "outcome", "closed_on"))

    # Of whom

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {key: row for row, key in enumerate(self.table.column(KEY).to_pylist())}

    @cached_property
    def _homes(self) -> Mapping[int, list[int]]:
        """Household → rows of its members."""
        homes: dict[int, list[int]] = defaultdict(list)
        if HOME in self.table.column_names:
            for row, home in enumerate(self.table.column(HOME).to_pylist()):
                if home is not None:
                    homes[home].append(row)
        return homes

    def _count(
        self, into: Counts, person: int | None, household: int | None, number: bool, times: int = 1
    ) -> None:
        """To the person; what a household has is true of every member, and counted once, of its first."""
        if person is not None and (household is None or number):
            rows = [self._rows[person]] if person in self._rows else []
        else:
            rows = self._homes.get(household or 0, [])[: 1 if number else None]
        for row in rows:
            into[row] += times

    def _of(self, rows: QuerySet[Any], path: str = "", *, household: bool = False) -> QuerySet[Any]:
        """The records of the people of this stretch, and of their households."""
        keys = list(self._rows)
        wanted = Q(**{f"{path}person_id__gte": keys[0], f"{path}person_id__lte": keys[-1]})
        if household:
            low, high = self.request.low, self.request.high
            wanted |= Q(
                **{f"{path}household__isnull": False, f"{path}hukou__gte": low, f"{path}hukou__lt": high}
            )
        return rows.filter(wanted)

    def _kept(self, model: type[Model], **of: Any) -> bool:
        """Whether anybody of the area has such a record."""
        place = "person__hukou" if model is Assessment else "hukou"
        of |= {f"{place}__gte": self.request.low, f"{place}__lt": self.request.high}
        key = (model, str(sorted(of.items())))
        if key not in self._asked:
            self._asked[key] = model._default_manager.filter(**of).exists()
        return self._asked[key]

    @cached_property
    def _asked(self) -> dict[tuple[type[Model], str], bool]:
        return {}

    def _told(self, of: str) -> Iterator[Records]:
        for fact in self.request.plan.facts.values():
            if fact.records is not None and fact.records.of == of:
                yield fact.records

    def _kind(self, delivery: Mapping[str, Any]) -> str | None:
        """What kind of help it was: as the case's need or measure says, or its service where it gives one kind only."""
        service = self.request.plan.services.get(delivery["case__service"])
        only = service.needs[0] if service is not None and len(service.needs) == 1 else None
        return delivery["case__need__kind"] or delivery["case__measure__kind"] or only

    def _walked(self, case: Case, told: Records) -> bool:
        """Whether the steps were taken in order and the case came to one of the ends."""
        ended = case.end and case.ended_on is not None and case.ended_on <= self.request.as_of
        if told.ends and not (ended and case.end in told.ends):
            return False
        taken = self._taken.get(case.pk, {})
        if any(step not in taken for step in told.steps):
            return False
        if any(taken[one][0] > taken[then][0] for one, then in pairwise(told.steps)):
            return False
        day = case.ended_on if told.ends else taken[told.steps[-1]][1] if told.steps else None
        return self._in_year(told, day)

    def _in_year(self, told: Records, day: dt.date | None) -> bool:
        return not told.this_year or (day is not None and day.year == self.request.as_of.year)


_COUNT: dict[str, Callable[[Work, Records, Counts, bool], bool]] = {
    "help": Work.help,
    "case": Work.cases,
    "delivery": Work.deliveries,
    "payment": Work.payments,
    "plan": Work.plans,
    "measure": Work.measures,
    "need": Work.needs,
    "finding": Work.findings,
    "assessment": Work.assessments,
}
