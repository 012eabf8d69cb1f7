"""Three lists of deaths. None is complete, and the day registered is never the day of death."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from yice.exchange.synth.county import County
from yice.exchange.synth.draw import Ints, choose, date_texts, label, plain, stream, where
from yice.exchange.synth.people import take
from yice.exchange.synth.sheets import Identity, Sheet, identify


def civil(county: County) -> Sheet:
    """公安: struck off the household register, weeks or months after."""
    person, died, registered, identity = _events(county, "deaths_civil", 0.75, 5, 120)
    columns = {
        "序号": plain(np.arange(1, len(person) + 1)),
        "姓名": identity.name,
        "公民身份号码": identity.number,
        "死亡日期": date_texts(died),
        "户口注销日期": date_texts(registered),
        "派出所": where(person >= 0, "示例派出所", ""),
    }
    return _sheet(county, "deaths_civil", "公安机关死亡人口户籍注销名单", columns, person, identity)


def health(county: County) -> Sheet:
    """卫健: medical death certificates, reported within weeks."""
    person, died, registered, identity = _events(county, "deaths_health", 0.7, 1, 30)
    rng = stream(county.settings.seed, "causes")
    columns = {
        "死者姓名": identity.name,
        "性别": where(county.people.male[person], "男", "女"),
        "证件号码": identity.number,
        "死亡时间": date_texts(died, "."),
        "报告日期": date_texts(registered, "."),
        "死亡原因": label(("循环系统疾病", "肿瘤", "呼吸系统疾病", "伤害", "其他"), choose(rng, [45, 25, 14, 8, 8], len(person))),
    }  # fmt: skip
    return _sheet(county, "deaths_health", "居民死亡医学证明登记名单", columns, person, identity)


def funeral(county: County) -> Sheet:
    """殡葬: cremations, days after; the dates are a spreadsheet's numbers."""
    person, died, registered, identity = _events(county, "deaths_funeral", 0.8, 1, 8)
    columns = {
        "逝者姓名": identity.name,
        "逝者身份证号": identity.number,
        "去世日期": date_texts(died, "#"),
        "火化日期": date_texts(registered, "#"),
        "户籍村（社区）": take(county.villages.name, county.people.village[person]),
    }
    return _sheet(county, "deaths_funeral", "殡仪馆火化登记表", columns, person, identity)


def _events(
    county: County, name: str, share: float, soonest: int, latest: int
) -> tuple[Ints, Ints, Ints, Identity]:
    """Who is on a list: a share of the dead holders, and other dead of the place; those registered by the as-of day."""
    settings, people = county.settings, county.people
    rng = stream(settings.seed, name)
    as_of = np.datetime64(settings.as_of, "D")
    # One draw for all lists says who dies among everybody else, so that the lists agree.
    others = stream(settings.seed, "deaths/others")
    age = (as_of - people.birth).astype(int) // 365
    chance = np.where(age >= 60, 0.035, 0.002)
    died = np.where(
        others.random(len(age)) < chance, as_of - 31 - others.integers(0, 330, len(age)), np.datetime64("NaT")
    )
    died = died.astype("datetime64[D]")
    died[county.person] = county.lives.death
    registered = died + rng.integers(soonest, latest, len(age))
    on_list = ~np.isnat(died) & (rng.random(len(age)) < share) & (registered <= as_of)
    person: Ints = np.flatnonzero(on_list)
    person = person[np.argsort(registered[person], kind="stable")]
    return person, died[person], registered[person], identify(settings, name, people, person)


def _sheet(
    county: County,
    name: str,
    title: str,
    columns: dict[str, pa.StringArray],
    person: Ints,
    identity: Identity,
) -> Sheet:
    note = where(
        person >= county.people.members,
        "stranger",
        where(np.isin(person, county.person), "registered", "relative"),
    )
    return Sheet(name, title, columns, person, identity.damage, identity.name_damage, note)
