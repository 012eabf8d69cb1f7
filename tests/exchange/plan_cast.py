"""The persons of a pack's own cases as a register and lists that are imported, so that its groups decide about records.

A case that asks for another setting, for a death or for a day of its own is left to `yice pack test`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.exchange.import_cast import bring_in, id_number

from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.accounts.services import install
from yice.areas.models import Area
from yice.exchange.vocabulary import fields
from yice.identifiers.division import WIDTHS, ancestors, prefix, tier, upper_bound
from yice.loop.identify.models import Person
from yice.loop.identify.services import correct_fact
from yice.policy import selectors, services
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.policy.snapshot import values
from yice.rules.model import Plan
from yice.rules.pack.cases import own_cases
from yice.rules.pack.loader import load_pack
from yice.rules.pack.written import read_pack

PACKS = Path(__file__).resolve().parents[2] / "packs"
CATEGORIES = ("visual", "hearing", "speech", "physical", "intellectual", "psychiatric", "multiple")
ID_TELLS = ("birth_date", "sex")
CERTIFICATE_TELLS = ("certified", "category", "grade")
INSURED = {"medical_kind": "medical_insurance", "pension_kind": "pension_insurance"}
PAID = {"receives.living_subsidy": "living_subsidy", "receives.nursing_subsidy": "nursing_subsidy"}
HARDSHIP = ("subsistence", "low_income", "extreme_hardship")
DECIDED = ("eligible", "ineligible")
LEFT_OUT = {"deceased", "in_school_roll", "certificate_until"}  # tried by tests of their own
NOBODY = {"name": "何阿婆", "id_number": id_number("19400101", 2)}  # on lists, not on the register


@dataclass(frozen=True)
class Told:
    """One person of a case: what is written of them, and what each group must say."""

    name: str
    facts: Mapping[str, Any]
    expect: Mapping[str, str]
    asked: tuple[str, ...]  # facts no register carries: said at the door and recorded by an officer


def told(pack: str) -> tuple[list[Told], dt.date]:
    """The persons of a pack's cases of whom a group says yes or no, and the day of the cases.

    What neither a register nor a list nor an answer can say is left out of what is known of them.
    """
    plan, found, day = load_pack(PACKS / pack), [], dt.date(2020, 6, 30)
    for _, cases, _ in own_cases(read_pack(PACKS / pack)):
        for case in cases.cases:
            facts = {
                name: value
                for name, value in {**cases.given, **case.given}.items()
                if value not in (None, [])
            }
            decided = {name: one if isinstance(one, str) else one.status for name, one in case.expect.items()}
            decided = {name: status for name, status in decided.items() if status in DECIDED}
            if decided and not case.set and not case.on and _a_person(plan, facts):
                strange = [name for name in facts if name not in fields() and name not in PAID]
                asked = tuple(name for name in strange if name in plan.facts and plan.facts[name].question)
                known = {name: value for name, value in facts.items() if name not in strange or name in asked}
                found.append(Told(case.name, known, decided, asked))
                day = cases.on or day
    return found, day


def _a_person(plan: Plan, facts: Mapping[str, Any]) -> bool:
    """Somebody born here whose certificate, if there is one, says of what and how severe."""
    if any(name in plan.facts and plan.facts[name].of not in ("person", "household") for name in facts):
        return False
    seat = prefix(plan.areas[0])
    whole = not facts.get("certified") or {"category", "grade"} <= facts.keys()
    here = all(str(facts[name]).startswith(seat) for name in ("hukou", "residence") if name in facts)
    born = str(facts.get("birth_date", "9999")) <= "2020-06-30"
    return whole and here and born and not LEFT_OUT & facts.keys()


def settle(seat: str, codes: Sequence[str]) -> User:
    """The places a pack speaks of, and 何业务 of the whole of it."""
    every = {seat, *codes}
    every |= {above for code in set(every) for above in ancestors(code)}
    depth = {code: list(WIDTHS).index(tier(code)) + 1 for code in every}
    Area.objects.bulk_create(
        Area(
            code=code, name=f"地方{code}", end=upper_bound(code), tier=depth[code], lowest_tier=depth[code],
            parent_id=max((one for one in ancestors(code) if one in every), default=None),
        )
        for code in sorted(every)
    )  # fmt: skip
    he = User.objects.create_user("he-plan", "the test password", name="何业务")
    for role in (Role.COUNTY_FEDERATION, Role.COUNTY_CIVIL_AFFAIRS):
        Post.objects.create(user=he, role=role, area_id=seat)
    return he


def record(serial: int, one: Told, plan: Plan) -> dict[str, Any]:
    """A case's person as a row of a register; what an id or a certificate says stands in its number."""
    facts = one.facts
    birth = str(facts["birth_date"]).replace("-", "")
    number = id_number(birth, 2 * serial + (1 if facts.get("sex", "male") == "male" else 2))
    made: dict[str, Any] = {"name": f"某{serial:04d}", "id_number": number}
    if facts.get("certified"):
        made["certificate_number"] = f"{number}{CATEGORIES.index(facts['category']) + 1}{facts['grade']}"
    made["hukou"] = facts.get("hukou") or facts.get("residence") or plan.areas[0]
    made["residence"] = facts.get("residence") or made["hukou"]
    elsewhere = {
        *ID_TELLS,
        *CERTIFICATE_TELLS,
        *INSURED,
        *PAID,
        *one.asked,
        "hukou",
        "residence",
        "income_class",
    }
    for name, value in facts.items():
        if name not in elsewhere:
            made[name] = Decimal(value) / 100 if plan.facts[name].unit == "fen" else _text(value)
    return made


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def imported(pack: str, folder: Path) -> tuple[dict[str, Told], ScreeningRun]:
    """Everybody of a pack's cases through import, lists and answers, screened: name on the register → case."""
    return brought_in(pack, folder, *told(pack))


def brought_in(
    pack: str, folder: Path, everybody: Sequence[Told], day: dt.date
) -> tuple[dict[str, Told], ScreeningRun]:
    """These persons through import, lists and answers, screened: name on the register → what was told of them."""
    install(demo=True)
    installed = services.install(actor=None, path=PACKS / pack)
    plan = selectors.plan(installed)
    seat, month = plan.areas[0], {"area": plan.areas[0], "month": day.replace(day=1), "whole": True}
    homes = {
        str(one.facts[name]) for one in everybody for name in ("hukou", "residence") if name in one.facts
    }
    he = settle(seat, sorted(homes))
    rows = {number: record(number, one, plan) for number, one in enumerate(everybody, start=1)}
    bring_in(he, folder, list(rows.values()), area=seat, as_of=day, whole=True)

    def those(fact: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a list: whoever has one of the values, and somebody who is not on the register."""
        chosen = [
            row for row, one in zip(rows.values(), everybody, strict=True) if one.facts.get(fact) in values
        ]
        return [{name: row[name] for name in ("name", "id_number")} for row in chosen] or [NOBODY]

    for kind in HARDSHIP:
        more = {"amount_yuan": "100"} if kind == "subsistence" else {}
        bring_in(he, folder, [{**row, **more} for row in those("income_class", kind)], kind, **month)
    for fact, kind in INSURED.items():
        codes = [code for code in plan.facts[fact].codes if code != "none"]
        known = [{**row, fact: code} for code in codes for row in those(fact, code)]
        bring_in(he, folder, known, kind, **month)
    for fact, kind in PAID.items():
        bring_in(he, folder, [{**row, "amount_yuan": "100"} for row in those(fact, True)], kind, **month)
    run = services.run_screening(actor=he, pack=installed, area=seat, as_of=day)
    by_name = {row["name"]: one for row, one in zip(rows.values(), everybody, strict=True)}
    people = {person.name: person for person in Person.objects.filter(name__in=by_name)}
    for name, one in by_name.items():
        for fact in one.asked:
            value = _text(one.facts[fact])
            correct_fact(actor=he, person=people[name], fact=fact, value=value, seen_on=day, why="入户核实")
    if any(one.asked for one in everybody):
        run = services.run_screening(actor=he, pack=installed, area=seat, as_of=day)
    return by_name, run


def statuses(run: ScreeningRun) -> dict[str, dict[str, str]]:
    """Person → group → status, as the run came to them."""
    screened = Screened(run.pack, selectors.plan(run.pack), run.as_of, values(run.snapshot))
    names = dict(Person.objects.values_list("pk", "name"))
    return {
        names[key]: {one.group: one.status for one in screened.screening.decide(row)}
        for row, key in enumerate(screened.keys.tolist())
    }
