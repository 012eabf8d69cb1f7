"""Screening the facts, and each finding told in words."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from yice.exchange.look.facts import HOLDERS, Known, Linked
from yice.exchange.look.people import People
from yice.exchange.look.report import Ask, Finding, Line
from yice.exchange.look.wording import Wording, say, spoken
from yice.rules.columns import Columns
from yice.rules.explain.reasons import Used, explain
from yice.rules.kernel.program import GroupProgram
from yice.rules.kernel.screening import Screening, screen
from yice.rules.model import Fact, FindingKind, Plan
from yice.terms.money import format_fen

# Told in the column of the person, and a full birth date would give the id away.
_SHOWN_BESIDE = ("birth_date", "category", "grade", "sex")
_SERIOUS: tuple[FindingKind, ...] = ("leak", "duplicate")


@dataclass
class Found:
    findings: list[Finding]
    lines: list[Line]
    asks: list[Ask]
    ended: bool
    demoted: int  # leaks that rest on a match which is only likely: asked instead
    died_in_month: int  # leaks of people who died within the month: no finding


def find(plan: Plan, known: Known, as_of: dt.date, people: People, wording: Wording) -> Found:
    """Screen all persons and tell what is to be followed up."""
    columns = Columns.from_table(plan, known.table)
    screening = screen(plan, columns, as_of)
    compared = [
        name
        for name, program in screening.program.groups.items()
        if program.compared and program.group.unit in ("person", "household")
    ]
    teller = Teller(plan, known, screening, people, wording, as_of)
    findings: list[Finding] = []
    households: set[tuple[str, str, str]] = set()
    for batch in screening.decisions("findings", difference=True):
        for row in _rows(batch):
            told = teller.tell(row)
            if told is None:
                continue
            key = (row["group"], told.kind, told.household)
            if told.household and key in households and "alive" not in (row["failed"] or ""):
                continue  # a household's benefit is one finding, not one a member
            households.add(key)
            findings.append(told)
    lines = [_line(plan, screening, known, group, findings) for group in compared]
    return Found(
        findings,
        lines,
        teller.asks(),
        screening.ended,
        teller.demoted,
        teller.died_in_month,
    )


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    yield from (row for row in batch.to_pylist() if row["finding"] not in ("", "ok", None))


def _line(plan: Plan, screening: Screening, known: Known, group: str, findings: Sequence[Finding]) -> Line:
    program = screening.program.groups[group]
    benefit = program.benefit
    assert benefit is not None  # noqa: S101 - compared groups have one
    counts = screening.counts(group)
    name = f"receives.{benefit.id}"
    receiving = 0
    if name in known.table.column_names:
        receiving = int(known.table[name].to_numpy(zero_copy_only=False).astype(object).tolist().count(True))
    found = Counter(one.kind for one in findings if one.group == group)
    ways = [one for one in screening.program.groups.values() if one.benefit is benefit]
    return Line(
        _title(program),
        spoken(program.group.title) if len(ways) > 1 else "",
        benefit.clause or program.group.clause,
        counts["eligible"],
        counts["ineligible"],
        counts["unknown"],
        receiving,
        dict(found),
        benefit.sample,
        any(one.kind == benefit.receipts for one in known.lists),
    )


def _title(program: GroupProgram) -> str:
    return spoken(program.benefit.title) if program.benefit else spoken(program.group.title)


class Teller:
    """Says of a decision why, by which clause, from which values, and what to do next."""

    def __init__(
        self, plan: Plan, known: Known, screening: Screening, people: People, wording: Wording, as_of: dt.date
    ) -> None:
        self.plan, self.known, self.screening, self.people = plan, known, screening, people
        self.wording, self.as_of = wording, as_of
        self.demoted = self.died_in_month = 0
        self._uses: dict[str, list[tuple[str, str, dict[str, Fact]]]] = {}
        self._asked: dict[tuple[str, ...], tuple[set[int], set[str]]] = defaultdict(lambda: (set(), set()))
        self._cells: dict[str, list[Any]] = {}
        self._there = frozenset(known.table.column_names)
        self._given = {one.kind for one in known.lists}

    def tell(self, row: dict[str, Any]) -> Finding | None:
        """A finding in words; None where there is nothing to follow up after all."""
        person, program = int(row["person_id"]), self.screening.program.groups[row["group"]]
        benefit = program.benefit
        assert benefit is not None  # noqa: S101 - findings are of benefits
        kind: FindingKind = row["finding"]
        list_kind = benefit.receipts or ""
        rows = self._list_rows(list_kind, person)
        failed = tuple(filter(None, (row["failed"] or "").split(";")))
        missing = tuple(filter(None, (row["missing"] or "").split(";")))
        if kind in _SERIOUS and failed and self._died_within(person, failed):
            self.died_in_month += 1
            return None
        if kind in _SERIOUS and self._weak(person, f"receives.{benefit.id}"):
            self.demoted += 1
            kind, missing = "ask", (f"receives.{benefit.id}",)
        if program.group.unit == "household" and kind in _SERIOUS:
            # What a household receives does not hang on one member's certificate; a death in it does matter.
            applies = {line.key for line in program.lines if line.section == "applies"} & set(failed)
            if applies and not any(key.rpartition(".")[2] == "alive" for key in applies):
                return None
            failed = tuple(applies) or failed
        times = len(self.known.rows.get(list_kind, {}).get(person, ()))
        if kind == "amount" and list_kind in HOLDERS and times > 1:
            kind = "duplicate"
        death = self._maybe_dead(person) if kind == "gap" else ""
        if death:
            kind, missing = "ask", ("deceased",)
        paid = self._value(f"paid.{benefit.id}", person)
        due = row["amount_fen"] if kind in ("gap", "amount") else None
        if kind == "ask":
            if not missing and row["receiving"] is None:
                missing = (f"receives.{benefit.id}",)
            people, benefits = self._asked[missing]
            people.add(person)
            benefits.add(_title(program))
        if kind == "ask" and not missing and not death:
            return None  # no fact can decide it: the plan itself names no local standard
        conditions = {line.key: line.condition for line in program.lines}
        conditions |= {barrier.line.key: barrier.line.condition for barrier in program.barriers}
        barriers = {barrier.line.key for barrier in program.barriers}
        reasons, clauses = self.wording.reasons(
            kind, [conditions[key] for key in failed if key in conditions], barriers, failed, missing,
            [line.condition for line in program.lines], due, paid, self._given, self._maybe(list_kind, person),
        )  # fmt: skip
        if kind == "duplicate" and not failed:
            reasons = [say("当月正常发放了 {times} 次，共 {sum} 元", times=times, sum=format_fen(paid or 0))]
        if kind == "gap" and rows:
            reasons.append(say("名单上有这个人（{place}），但没有享受这一项", place=rows[-1]))
        if death:
            reasons = [say("死亡名单上有一行可能是本人（{row}），先核实是否在世", row=death)]
        household = ""
        if program.group.unit == "household":
            household = str(self._value("household_id", person) or "")
        return Finding(
            kind,
            program.group.id,
            _title(program),
            self.people.one(person),
            tuple(reasons),
            tuple(clauses),
            tuple(self._values(row["group"], person, kind, failed)),
            self.wording.todo(kind, benefit, missing, self._given),
            due,
            paid,
            tuple(rows),
            household,
        )

    def _maybe_dead(self, person: int) -> str:
        """The row of a death list that may be this person's, where none surely is."""
        for one in self.known.lists:
            if one.kind.startswith("deaths") and person in self.known.maybe[one.kind]:
                return self.wording.at_row(one.title, self.known.maybe[one.kind][person][0])
        return ""

    def _died_within(self, person: int, failed: tuple[str, ...]) -> bool:
        within = self.known.died_this_month
        only = {key.rpartition(".")[2] for key in failed} <= {"alive"}
        return only and within is not None and bool(within[person])

    def _weak(self, person: int, fact: str) -> bool:
        weak = self.known.weak.get(fact)
        return weak is not None and bool(weak[person])

    def _list_rows(self, kind: str, person: int) -> list[str]:
        found = []
        for one in self.known.lists:
            if one.kind == kind:
                found += [
                    self.wording.at_row(one.title, row) for row in self.known.rows[kind].get(person, [])[-2:]
                ]
        return found[-2:]

    def _maybe(self, kind: str, person: int) -> str:
        rows = self.known.maybe.get(kind, {}).get(person)
        title = next((one.title for one in self.known.lists if one.kind == kind), "")
        return self.wording.at_row(title, rows[0]) if rows else ""

    def _value(self, name: str, person: int) -> Any:
        if name not in self._there:
            return None
        if name not in self._cells:
            self._cells[name] = self.known.table[name].to_pylist()
        return self._cells[name][person]

    def _values(self, group: str, person: int, kind: FindingKind, failed: tuple[str, ...]) -> Iterator[str]:
        """The values that decided: of the group's own conditions, or of those that failed; with where they stand."""
        if group not in self._uses:
            self._uses[group] = self._facts_used(group)
        shown: dict[str, Fact] = {}
        for key, section, facts in self._uses[group]:
            if key in failed if kind in _SERIOUS and failed else section in ("when", "within"):
                shown |= facts
        for fact in shown.values():
            value = self._value(fact.name, person)
            single = fact.name == "parts" and ";" not in str(value)
            if single or fact.name in _SHOWN_BESIDE or (kind == "ask" and value is None):
                continue
            if fact.name == "hukou":
                one = self.people.one(person)
                yield self.wording.value(fact, one.township + one.village or value)
            elif fact.name == "deceased":
                yield from self._death(person) or [self.wording.value(fact, value)]
            else:
                yield self.wording.value(fact, value) + self._whence(fact, person)

    def _whence(self, fact: Fact, person: int) -> str:
        """In which row of which list a value stands; or that the lists are silent."""
        givers = [
            one for one in self.known.lists
            if one.kind in self.plan.lists and fact.name in self.plan.lists[one.kind].gives
        ]  # fmt: skip
        for one in givers:
            rows = self.known.rows[one.kind].get(person)
            if rows:
                return say("（{place}）", place=self.wording.at_row(one.title, rows[-1]))
        if givers and fact.silence and self._value(fact.name, person) == fact.silence.means:
            return say("（名单上没有）")
        return ""

    def _death(self, person: int) -> list[str]:
        """What the death lists say, each with its row."""
        found = []
        for one in self.known.lists:
            if not one.kind.startswith("deaths") or person not in self.known.rows[one.kind]:
                continue
            row = self.known.rows[one.kind][person][0]
            when = self._died_on(one, row)
            place = self.wording.at_row(one.title, row)
            found.append(
                say("{day} 去世（{place}）", day=when, place=place)
                if when
                else say("已去世（{place}）", place=place)
            )
        return found

    def _died_on(self, one: Linked, row: int) -> str:
        if "died_on" not in one.table.column_names:
            return ""
        key = f"died_on@{one.title}"
        if key not in self._cells:
            self._cells[key] = [
                dict(zip(one.table["row"].to_pylist(), one.table["died_on"].to_pylist(), strict=True))
            ]
        day = self._cells[key][0].get(row)
        return str(day) if day else ""

    def _facts_used(self, group: str) -> list[tuple[str, str, dict[str, Fact]]]:
        """The plain facts behind each condition of a group."""

        def plain(used: Sequence[Used]) -> Iterator[Fact]:
            for one in used:
                if one.of:
                    yield from plain(one.of)
                else:
                    yield one.fact

        explanation = explain(self.plan, {}, group, self.as_of)
        return [
            (reason.key, reason.section, {fact.name: fact for fact in plain(reason.used)})
            for reason in explanation.reasons
        ]

    def asks(self) -> list[Ask]:
        """What is missing, the widest first; a list before a question."""
        by_fact: dict[str, tuple[set[int], set[str]]] = defaultdict(lambda: (set(), set()))
        for missing, (people, benefits) in self._asked.items():
            for name in missing:
                by_fact[name][0].update(people)
                by_fact[name][1].update(benefits)
        found: dict[tuple[str, str, bool], tuple[set[int], set[str]]] = defaultdict(lambda: (set(), set()))
        for name, (people, benefits) in by_fact.items():
            for key in self.wording.source(name, self._given):
                found[key][0].update(people)
                found[key][1].update(benefits)
        asks = [
            Ask(what, whom, from_list, len(people), tuple(sorted(benefits)))
            for (what, whom, from_list), (people, benefits) in found.items()
        ]
        return sorted(asks, key=lambda one: (not one.from_list, -one.people, one.what))
