"""The lists that departments send, each with its own columns, keys and faults.

Civil affairs: subsistence (a household a row, members in columns), low income (members in rows), extreme
hardship, the payrolls of both subsidies (the nursing one by certificate number). Medical insurance and human
resources: insurance rolls. Education: the school roll by its own number. Police, health, funeral service: deaths.
"""

from __future__ import annotations

from collections.abc import Callable

from yice.exchange.synth.county import County
from yice.exchange.synth.lists import assistance, deaths, payrolls, rolls
from yice.exchange.synth.register import households, registry
from yice.exchange.synth.sheets import Sheet

SHEETS: dict[str, Callable[[County], Sheet]] = {
    "registry": registry,
    "households": households,
    "subsistence": assistance.subsistence,
    "low_income": assistance.low_income,
    "extreme_hardship": assistance.extreme_hardship,
    "living_subsidy": payrolls.living,
    "nursing_subsidy": payrolls.nursing,
    "medical_insurance": rolls.medical,
    "pension_insurance": rolls.pension,
    "school_roll": rolls.school,
    "deaths_civil": deaths.civil,
    "deaths_health": deaths.health,
    "deaths_funeral": deaths.funeral,
}
