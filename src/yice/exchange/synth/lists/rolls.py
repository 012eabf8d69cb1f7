"""Insurance rolls and the school roll."""

from __future__ import annotations

import numpy as np

from yice.exchange.synth.county import County
from yice.exchange.synth.draw import (
    Bools,
    Ints,
    choose,
    date_texts,
    digits,
    join,
    label,
    plain,
    stream,
    where,
    yuan,
)
from yice.exchange.synth.lives import EXTREME, SUBSISTENCE
from yice.exchange.synth.people import take
from yice.exchange.synth.register import certificate_numbers
from yice.exchange.synth.sheets import Sheet, identify, with_strangers

FUNDING = ("无", "精神、智力残疾人", "特困人员", "低保对象", "重度残疾人")


def medical(county: County) -> Sheet:
    """基本医疗保险: everybody insured, with who pays the contribution."""
    settings, people = county.settings, county.people
    rng = stream(settings.seed, "medical_roll")
    kind = _of_everyone(county, county.lives.medical_kind, choose(rng, [4, 76, 20], len(people.village)))
    person = with_strangers(
        settings, "medical_insurance", people, np.flatnonzero((kind > 0) & _alive(county))
    )
    kind = np.maximum(kind, 1)[person]
    funding = np.where(kind == 1, _funding(county)[person], 0)
    identity = identify(settings, "medical_insurance", people, person)
    contribution = settings.amounts.medical_contribution
    columns = {
        "参保人姓名": identity.name,
        "证件号码": identity.number,
        "险种类型": label(("", "城乡居民基本医疗保险", "城镇职工基本医疗保险"), kind),
        "参保年度": plain(np.full(len(person), settings.as_of.year)),
        "参保状态": where(rng.random(len(person)) < 0.995, "正常参保", "参保缴费"),
        "个人缴费金额": where(kind == 2, "", yuan(np.where(funding > 0, 0, contribution))),
        "财政资助金额": where(kind == 2, "", yuan(np.where(funding > 0, contribution, 0))),
        "资助类别": where(kind == 2, "", label(FUNDING, funding)),
        "所属村（社区）": take(county.villages.name, people.village[person]),
    }
    note = where(
        person >= people.members,
        "stranger",
        label(("", "intellectual_psychiatric", "extreme_hardship", "subsistence", "severe"), funding),
    )
    return Sheet(
        "medical_insurance",
        "基本医疗保险参保人员名单",
        columns,
        person,
        identity.damage,
        identity.name_damage,
        note,
    )


def pension(county: County) -> Sheet:
    """基本养老保险: contributors and pensioners, and whose contribution the government pays."""
    settings, people, lives = county.settings, county.people, county.lives
    rng = stream(settings.seed, "pension_roll")
    age = (np.datetime64(settings.as_of, "D") - people.birth).astype(int) // 365
    drawn = choose(rng, [12, 60, 28], len(people.village))
    kind = _of_everyone(
        county, lives.pension_kind, np.select([age < 16, age >= 60], [0, np.where(drawn > 0, 3, 0)], drawn)
    )
    person = with_strangers(
        settings, "pension_insurance", people, np.flatnonzero((kind > 0) & _alive(county))
    )
    kind = np.maximum(kind, 1)[person]
    severe = _of_everyone(
        county, (county.holders.grade <= 2).astype(np.int8), np.zeros(len(people.village), dtype=np.int8)
    )[person]
    identity = identify(settings, "pension_insurance", people, person)
    columns = {
        "姓名": identity.name,
        "社会保障号码（身份证号）": identity.number,
        "险种类型": label(("", "城乡居民基本养老保险", "企业职工基本养老保险", "城乡居民基本养老保险"), kind),
        "缴费状态": label(("", "正常缴费", "正常缴费", "待遇领取"), kind),
        "是否政府代缴": where((kind == 1) & (severe == 1) & (rng.random(len(person)) < 0.92), "是", "否"),
        "月养老金": where(kind == 3, yuan(rng.integers(170, 260, len(person)) * 100), ""),
        "户籍村（居）": take(county.villages.name, people.village[person]),
    }
    note = where(person >= people.members, "stranger", "member")
    return Sheet(
        "pension_insurance",
        "基本养老保险参保人员名单",
        columns,
        person,
        identity.damage,
        identity.name_damage,
        note,
    )


def school(county: County) -> Sheet:
    """学籍: by the roll's own number; two in five identity numbers are blank, some have the certificate's."""
    settings, people, lives, members = county.settings, county.people, county.lives, county.members
    rng = stream(settings.seed, "school_roll")
    age = (np.datetime64(settings.as_of, "D") - people.birth).astype(int) // 365
    by_age = np.select([age < 3, age < 6, age < 12, age < 15, age < 18], [0, 1, 2, 3, 4], 0)
    stage = _of_everyone(county, lives.stage, np.where(rng.random(len(age)) < 0.97, by_age, 0))
    # Kindergartens and colleges keep rolls of their own.
    pupils = np.flatnonzero(
        np.isin(stage, (2, 3, 4, 5)) & _alive(county) & (np.arange(len(age)) < people.members)
    )
    person = with_strangers(settings, "school_roll", people, pupils)
    stage = np.where(person < people.members, stage[person], 2)
    holder = np.where(person < people.members, members.holder[np.minimum(person, people.members - 1)], -1)
    ids = where(rng.random(len(person)) < 0.4, "", take(people.id_number, person))
    identity = identify(settings, "school_roll", people, person, ids)
    at = np.maximum(holder, 0)
    special = (holder >= 0) & (county.holders.grade[at] <= 2) & (rng.random(len(person)) < 0.5)
    certified: Bools = (holder >= 0) & (lives.certificate_status[at] < 4) & (rng.random(len(person)) < 0.5)
    numbers = certificate_numbers(county, at, county.holders.grade[at], take(people.id_number, person))
    columns = {
        "学籍号": join(
            "G",
            digits(
                rng.permutation(10**6)[: len(person)] if len(person) <= 10**6 else np.arange(len(person)), 10
            ),
        ),
        "学生姓名": identity.name,
        "性别": where(people.male[person], "男", "女"),
        "出生日期": date_texts(people.birth[person], ""),
        "身份证件号": identity.number,
        "学段": label(("", "", "小学", "初中", "高中", "中职"), stage),
        "学校名称": where(
            special,
            "示例特殊教育学校",
            join(
                "示例第",
                plain(rng.integers(1, 20, len(person))),
                label(("", "", "小学", "初级中学", "高级中学", "职业学校"), stage),
            ),
        ),
        "就读方式": where(special, "特殊教育学校", where(holder >= 0, "随班就读", "普通学校")),
        "残疾人证号": where(certified, numbers, ""),
    }
    note = where(person >= people.members, "stranger", where(holder >= 0, "registered", "relative"))
    return Sheet(
        "school_roll", "中小学生学籍信息名册", columns, person, identity.damage, identity.name_damage, note
    )


def _of_everyone(county: County, of_holders: Ints, otherwise: Ints) -> Ints:
    """A code for every person: the holders' own, the drawn one for all others."""
    code = np.asarray(otherwise, dtype=np.int8).copy()
    code[county.person] = of_holders
    return code


def _alive(county: County) -> Bools:
    alive = np.arange(len(county.people.village)) < county.people.members
    alive[county.person[county.lives.dead]] = False
    return alive


def _funding(county: County) -> Ints:
    """Why government pays somebody's contribution; the plan's own group is named before the others."""
    lives, given, members = county.lives, county.benefits.medical, county.members
    households = lives.incomes.income_class[members.household]
    code = np.zeros(len(county.people.village), dtype=np.int8)
    code[: county.people.members] = np.select([households == EXTREME, households == SUBSISTENCE], [2, 3], 0)
    own = code[county.person]
    own = np.where((own == 0) & (county.holders.grade <= 2) & (lives.certificate_status == 0), 4, own)
    left_out = given.entitled & ~given.receives
    code[county.person] = np.select([given.receives, left_out], [1, 0], own)
    return code
