"""Civil affairs' lists of social assistance, kept by household head."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from yice.exchange.synth.county import County
from yice.exchange.synth.draw import Ints, choose, date_texts, digits, join, label, plain, stream, where, yuan
from yice.exchange.synth.lives import EXTREME, LOW_INCOME, SUBSISTENCE
from yice.exchange.synth.people import take
from yice.exchange.synth.register import relations
from yice.exchange.synth.sheets import Sheet, identify

_MEMBERS = 5  # the form has room for no more; larger households are cut, as in life


def subsistence(county: County) -> Sheet:
    """最低生活保障: a row a household, the members beside the head in columns."""
    settings, people, members = county.settings, county.people, county.members
    rng = stream(settings.seed, "subsistence")
    listed = np.flatnonzero(county.lives.incomes.income_class == SUBSISTENCE)
    head = county.head[listed]
    alone = county.person[county.lives.alone == 2]
    strangers = rng.choice(people.strangers, max(3, round(0.25 * len(listed))), replace=False)
    person = np.r_[head, alone, strangers]
    size = np.r_[members.size[listed], np.ones(len(alone) + len(strangers), dtype=np.int64)]
    order = np.lexsort((np.arange(len(person)), people.village[person]))
    person, size = person[order], size[order]

    identity = identify(settings, "subsistence", people, person)
    columns = {
        "低保证号": join(f"{settings.area[:4]}D", digits(rng.permutation(len(person)) + 1, 7)),
        "镇（街）": take(county.villages.township, people.village[person]),
        "村（居）": take(county.villages.name, people.village[person]),
        "户主姓名": identity.name,
        "户主身份证号": identity.number,
        "保障人口": plain(size),
        "月保障金额": yuan(size * rng.integers(300, 800, len(person)) * 100),
        "纳入时间": date_texts(_months_ago(county, rng, len(person)), "."),
    }
    # Who stands in the household after the head, in the order of the register.
    household = np.where(
        (person < people.members) & (size > 1), members.household[np.minimum(person, people.members - 1)], -1
    )
    starts = np.cumsum(members.size) - members.size
    for place in range(_MEMBERS):
        at = np.where(household >= 0, starts[household] + place, -1)
        at = np.where(at >= person, at + 1, at)  # the head has a column of its own
        at = np.where((household >= 0) & (at < starts[household] + members.size[household]), at, -1)
        columns[f"成员{place + 1}姓名"] = take(people.name, at)
        columns[f"成员{place + 1}身份证号"] = take(people.id_number, at)
        columns[f"成员{place + 1}与户主关系"] = _related(county, at)
    note = where(person >= people.members, "stranger", where(size == 1, "alone", "household"))
    return Sheet(
        "subsistence",
        "最低生活保障家庭花名册",
        columns,
        person,
        identity.damage,
        identity.name_damage,
        note,
        "gb18030",
    )


def low_income(county: County) -> Sheet:
    """低收入（低保边缘）家庭: a row a member, the head's name and number repeated."""
    settings, people, members = county.settings, county.people, county.members
    rng = stream(settings.seed, "low_income")
    listed = county.lives.incomes.income_class == LOW_INCOME
    single = np.zeros(people.members, dtype=np.bool_)
    single[county.person[county.lives.alone == 2]] = True
    known = np.flatnonzero(listed[members.household] & ~single)
    strangers = rng.choice(people.strangers, max(2, round(0.05 * len(known))), replace=False)
    person = np.r_[known, strangers]
    head = np.r_[county.head[members.household[known]], strangers]
    relation = np.r_[members.relation[known], np.zeros(len(strangers), dtype=np.int8)]
    identity = identify(settings, "low_income", people, person)
    household = np.r_[members.household[known], len(members.size) + np.arange(len(strangers))]
    columns = {
        "家庭编号": join("DS", digits(household + 1, 7)),
        "所在镇街": take(county.villages.township, people.village[person]),
        "所在村（社区）": take(county.villages.name, people.village[person]),
        "户主姓名": take(people.name, head),
        "户主身份证号码": take(people.id_number, head),
        "家庭成员姓名": identity.name,
        "家庭成员身份证号码": identity.number,
        "与户主关系": relations(relation, people.male[person]),
        "认定日期": date_texts(_months_ago(county, rng, len(person)), "/"),
    }
    note = where(person >= people.members, "stranger", "member")
    return Sheet(
        "low_income",
        "低收入（低保边缘）家庭成员名单",
        columns,
        person,
        identity.damage,
        identity.name_damage,
        note,
    )


def extreme_hardship(county: County) -> Sheet:
    """特困人员: a row a person, kept apart from subsistence."""
    settings, people, members = county.settings, county.people, county.members
    rng = stream(settings.seed, "extreme_hardship")
    known = np.flatnonzero((county.lives.incomes.income_class == EXTREME)[members.household])
    strangers = rng.choice(people.strangers, max(2, round(0.3 * len(known))), replace=False)
    person = np.r_[known, strangers]
    person = person[np.lexsort((np.arange(len(person)), people.village[person]))]
    identity = identify(settings, "extreme_hardship", people, person)
    columns = {
        "序号": plain(np.arange(1, len(person) + 1)),
        "姓名": identity.name,
        "公民身份号码": identity.number,
        "性别": where(people.male[person], "男", "女"),
        "供养方式": label(("分散供养", "集中供养"), choose(rng, [8, 2], len(person))),
        "生活自理能力": label(("全自理", "半自理", "不能自理"), choose(rng, [60, 25, 15], len(person))),
        "批准日期": date_texts(_months_ago(county, rng, len(person)), "年"),
        "村（社区）": take(county.villages.name, people.village[person]),
    }
    note = where(person >= people.members, "stranger", "member")
    return Sheet(
        "extreme_hardship", "特困人员供养花名册", columns, person, identity.damage, identity.name_damage, note
    )


def _related(county: County, at: Ints) -> pa.StringArray:
    relation = relations(county.members.relation, county.people.male[: county.people.members])
    return take(relation, at)


def _months_ago(county: County, rng: np.random.Generator, count: int) -> Ints:
    month = np.datetime64(county.settings.as_of, "M") - rng.integers(2, 60, count)
    return month.astype("datetime64[D]")
