"""The truth beside the lists: what is so of each person, what they should get, what was planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.synth.benefits import CAUSES, FINDINGS, Funding, Subsidy
from yice.exchange.synth.county import County
from yice.exchange.synth.damage import DAMAGES, LOST
from yice.exchange.synth.draw import Bools, Ints, date_texts, digits, join, plain, where
from yice.exchange.synth.lives import CERTIFICATE_STATUSES, INCOME_CLASSES, NEEDS, STAGES, VALID
from yice.exchange.synth.people import take
from yice.exchange.synth.sheets import Sheet
from yice.identifiers.certificate import CATEGORIES

BENEFITS = ("living_subsidy", "nursing_subsidy", "subsistence_allowance", "medical_insurance_funding")
# Lists that say something about each benefit; the register is always one.
_SOURCES = {
    "living_subsidy": ("living_subsidy", "subsistence"),
    "nursing_subsidy": ("nursing_subsidy", "extreme_hardship"),
    "subsistence_allowance": ("subsistence",),
    "medical_insurance_funding": ("medical_insurance",),
}
_NEED_FACTS = {
    "rehab": "need_rehab", "device": "need_device", "care": "needs_personal_care", "home_service": "need_home_service",
    "day_care": "need_day_care", "residential": "need_residential", "adaptation": "need_adaptation",
}  # fmt: skip
_DEATHS = ("deaths_civil", "deaths_health", "deaths_funeral")


def people(county: County) -> pa.Table:
    """A row a holder, facts under their core names; blanks are blanks."""
    lives, holders, given = county.lives, county.holders, county.benefits
    person = county.person
    household = holders.household
    valid = lives.certificate_status == VALID
    disabled = np.bincount(household, weights=valid & ~lives.dead, minlength=len(county.members.size)).astype(
        int
    )
    facts: dict[str, Any] = {
        "person_id": take(county.people.person_id, person),
        "name": take(county.people.name, person),
        "id_number": take(county.people.id_number, person),
        "birth_date": lives.birth,
        "sex": where(county.people.male[person], "male", "female"),
        "category": _codes(CATEGORIES, holders.category),
        "grade": holders.grade,
        "parts": _parts(lives.parts),
        "certified": lives.certificate_status < 4,
        "certificate_status": _codes(CERTIFICATE_STATUSES, lives.certificate_status),
        "certificate_until": lives.until,
        "hukou": take(county.villages.code, county.people.village[person]),
        "residence": where(county.away >= 0, take(county.outside.code, county.away), take(county.villages.code, county.residence)),
        "rural": county.villages.rural[county.people.village[person]],
        "income_class": _codes(INCOME_CLASSES, lives.income_class),
        "income_pc_month": lives.incomes.fen[household],
        "assets_within_limit": lives.incomes.fen[household] < 240000,
        "employed": pa.array(lives.employed == 1, mask=lives.employed < 0),
        "family_dependent": lives.family_dependent,
        "can_form_own_household": lives.can_form_household,
        "school_stage": _codes(STAGES, lives.stage),
        "long_term_care_need": lives.long_term_care,
        **{_NEED_FACTS[need]: lives.needs[:, at] for at, need in enumerate(NEEDS) if need in _NEED_FACTS},
        "medical_kind": _codes(("none", "resident", "employee"), lives.medical_kind),
        "pension_kind": _codes(("none", "resident", "employee", "in_payment"), lives.pension_kind),
        "household_id": join("H", digits(household + 1, 7)),
        "household_size": county.members.size[household],
        "household_disabled": disabled[household],
        "deceased": lives.dead,
        "died_on": lives.death,
        "receives.living_subsidy": given.living.paid,
        "receives.nursing_subsidy": given.nursing.paid,
        "receives.subsistence_allowance": given.subsistence.receives,
        "receives.medical_insurance_funding": given.medical.receives,
        "paid.living_subsidy": np.where(given.living.paid, given.living.rate * (1 + given.living.twice), 0),
        "paid.nursing_subsidy": np.where(given.nursing.paid, given.nursing.rate * (1 + given.nursing.twice), 0),
    }  # fmt: skip
    return pa.table(facts)


def benefits(county: County, sheets: dict[str, Sheet]) -> pa.Table:
    """A row a holder and benefit: what is right, what is paid, what should be found and why it is so.

    `clean` is false where a row about this person, on a list that matters, is spoiled beyond normalising, or a
    death is on no list: then "ask" or nothing is a right answer, too.
    """
    given = county.benefits
    tables = []
    unseen = _unseen_deaths(county, sheets)
    every: tuple[Subsidy | Funding, ...] = (given.living, given.nursing, given.subsistence, given.medical)
    for name, one in zip(BENEFITS, every, strict=True):
        spoiled = np.zeros(len(county.people.village), dtype=np.bool_)
        for source in ("registry", *_SOURCES[name], *_DEATHS):
            spoiled |= _spoiled(sheets[source], len(spoiled))
        tables.append(_benefit(county, name, one, ~spoiled[county.person] & ~unseen))
    return pa.concat_tables(tables)


def _benefit(county: County, name: str, one: Subsidy | Funding, clean: Bools) -> pa.Table:
    count = len(county.person)
    due = paid = np.zeros(count, dtype=np.int64)
    if isinstance(one, Subsidy):
        due, paid = one.due, np.where(one.paid, one.rate * (1 + one.twice), 0)
    return pa.table(
        {
            "person_id": take(county.people.person_id, county.person),
            "benefit": pa.array([name] * count),
            "entitled": one.entitled,
            "receives": one.paid if isinstance(one, Subsidy) else one.receives,
            "due_fen": due,
            "paid_fen": paid,
            "finding": _codes(FINDINGS, one.finding),
            "cause": _codes(CAUSES, one.cause),
            "clean": clean,
        }
    )


def _spoiled(sheet: Sheet, people: int) -> Ints:
    lost = np.isin(sheet.damage, [DAMAGES.index(kind) for kind in LOST])
    lost |= sheet.name_damage == DAMAGES.index("name_wrong")
    found = np.zeros(people, dtype=np.bool_)
    found[sheet.person[lost]] = True
    return found


def _unseen_deaths(county: County, sheets: dict[str, Sheet]) -> Ints:
    seen = np.isin(county.person, np.concatenate([sheets[name].person for name in _DEATHS]))
    return county.lives.dead & ~seen


def summary(county: County, sheets: dict[str, Sheet], given: pa.Table) -> dict[str, Any]:
    """How much of everything there is, for a first look and for tests."""
    counted = given.group_by(["benefit", "finding"]).aggregate([([], "count_all")]).to_pylist()
    settings = county.settings
    return {
        "area": settings.area,
        "people": len(county.person),
        "households": len(county.members.size),
        "members": county.people.members,
        "seed": settings.seed,
        "as_of": settings.as_of.isoformat(),
        "amounts_fen": vars(settings.amounts),
        "rows": {name: len(sheet) for name, sheet in sheets.items()},
        "findings": {
            benefit: {one["finding"]: one["count_all"] for one in counted if one["benefit"] == benefit and one["finding"]}
            for benefit in BENEFITS
        },
    }  # fmt: skip


def _codes(labels: tuple[str, ...], codes: Ints) -> pa.StringArray:
    return pa.array(labels).take(pa.array(codes))


def _parts(parts: Ints) -> pa.StringArray:
    written = [
        where(parts[:, at] > 0, join(CATEGORIES[at], ":", plain(parts[:, at]), ";"), "") for at in range(6)
    ]
    return pc.utf8_rtrim(join(*written), ";")


def texts(table: pa.Table) -> pa.Table:
    """For CSV: true and false in small letters, ISO dates, blanks for what is not known."""
    columns = []
    for column in table.columns:
        if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
            days = (
                column.cast(pa.date32())
                .combine_chunks()
                .to_numpy(zero_copy_only=False)
                .astype("datetime64[D]")
            )
            columns.append(date_texts(days))
        elif pa.types.is_boolean(column.type):
            columns.append(pc.fill_null(pc.if_else(column, "true", "false"), ""))
        else:
            columns.append(pc.fill_null(column.cast(pa.string()), ""))
    return pa.table(columns, names=table.column_names)
