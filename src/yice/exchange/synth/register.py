"""The county federation's own two sheets: the register of holders and the households with all their members."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.synth.county import County
from yice.exchange.synth.damage import DAMAGES
from yice.exchange.synth.doubles import with_doubles
from yice.exchange.synth.draw import (
    Bools,
    Ints,
    choose,
    date_texts,
    digits,
    exactly,
    join,
    label,
    plain,
    scatter,
    stream,
    where,
    yuan,
)
from yice.exchange.synth.households import ANCHOR, RELATIONS, SPOUSE
from yice.exchange.synth.lives import CANCELLED, EXPIRED, FROZEN, NEEDS, UNCERTIFIED
from yice.exchange.synth.numbers import phones
from yice.exchange.synth.people import take
from yice.exchange.synth.settings import EMPLOYMENT_FORMS
from yice.exchange.synth.sheets import Sheet, identify
from yice.identifiers.certificate import CATEGORY_NAMES

GRADES = ("", "一级", "二级", "三级", "四级")
_NEED_HEADINGS = dict(
    zip(NEEDS, ("康复需求", "辅助器具需求", "护理需求", "居家服务需求", "日间照料需求", "寄宿托养需求", "无障碍改造需求", "就业帮扶需求", "就学需求"), strict=True)
)  # fmt: skip
_STAGES = ("", "学前教育", "小学", "初中", "高中", "中职", "大专")
_EDUCATION = ("从未上过学", "小学", "初中", "高中", "中专", "大专", "本科")
_SELF_CARE = ("自理", "部分自理", "不能自理")


def registry(county: County) -> Sheet:
    """One row a holder, for some who were re-assessed the row of the certificate before, and a few twice over."""
    settings, lives, holders = county.settings, county.lives, county.holders
    rng, rates = stream(settings.seed, "registry"), settings.rates
    changed = np.flatnonzero(county.benefits.regraded > 0)
    row = np.r_[np.arange(len(holders.grade)), changed]
    former = np.r_[np.zeros(len(holders.grade), dtype=np.bool_), np.ones(len(changed), dtype=np.bool_)]
    order = np.lexsort((former, row))
    row, former = row[order], former[order]
    person = county.person[row]
    count = len(row)

    grade = np.where(former, county.benefits.regraded[row], holders.grade[row])
    identity = identify(settings, "registry", county.people, person, scale=0.33)
    certificate, mismatch = _certificates(county, rng, row, grade, former)
    uncertified = lives.certificate_status[row] == UNCERTIFIED
    said = _silent(rng, rates.silent, count)
    family = _family(county, person)
    adult = lives.age[row] >= 16

    columns = {
        "序号": plain(np.arange(1, count + 1)),
        "姓名": identity.name,
        "性别": where(county.people.male[person], "男", "女"),
        "民族": where(rng.random(count) < (0.2 if settings.area.startswith("15") else 0.01), "蒙古族", "汉族"),
        "出生日期": date_texts(lives.birth[row]),
        "身份证号": identity.number,
        "残疾人证号": certificate,
        "残疾类别": label(CATEGORY_NAMES, holders.category[row]),
        "残疾等级": where(uncertified, "未定级", label(GRADES, grade)),
        "多重残疾明细": where(rng.random(count) < 0.1, "", _parts(county, row)),
        "发证日期": date_texts(lives.issued[row]),
        "有效期至": date_texts(lives.until[row]),
        "证件状态": _status(county, rng, row, former),
        "户口性质": where(county.villages.rural[county.people.village[person]], "农业", "非农业"),
        "户籍地代码": _hukou(county, rng, person),
        "户籍村（社区）": take(county.villages.name, county.people.village[person]),
        "居住地代码": _residence_codes(county, row),
        "现住址": _addresses(county, rng, row),
        "联系电话": where(rng.random(count) < rates.no_phone, "", phones(rng, count)),
        "监护人姓名": _guardians(county, row),
        **family,
        "婚姻状况": _marital(county, rng, row),
        "文化程度": said(where(adult, label(_EDUCATION, choose(rng, [18, 38, 28, 7, 4, 3, 2], count)), "")),
        "在读学段": said(label(_STAGES, lives.stage[row])),
        "就业状况": said(label(("未就业", "已就业"), lives.employed[row])),
        "就业形式": label(tuple(EMPLOYMENT_FORMS), np.where(lives.employed[row] == 1, lives.form[row], -1)),
        "家庭人均月收入": said(yuan(lives.incomes.fen[holders.household[row]])),
        "财产是否符合规定": where(rng.random(count) < 0.8, where(lives.incomes.fen[holders.household[row]] < 240000, "是", "否"), ""),
        "是否靠家庭供养": where(adult & (rng.random(count) < 0.7), where(lives.family_dependent[row], "是", "否"), ""),
        "能否单独立户": where(adult & (rng.random(count) < 0.25), where(lives.can_form_household[row], "能", "否"), ""),
        "是否租住公租房": said(where(rng.random(count) < 0.04, "是", "否")),
        "养老保险": said(label(("未参加", "城乡居民", "职工", "领取待遇"), lives.pension_kind[row])),
        "医疗保险": said(label(("未参加", "城乡居民", "职工"), lives.medical_kind[row])),
        "生活自理能力": said(label(_SELF_CARE, choose(rng, [50, 35, 15], count))),
        # Left blank only where it is so: a blank is presumed to be a need.
        "是否需要长期照护": where(
            lives.long_term_care[row] & (rng.random(count) < 0.3), "", where(lives.long_term_care[row], "是", "否")
        ),
        **{
            heading: said(where(lives.needs[row, at], "是", "否"))
            for at, heading in enumerate(_NEED_HEADINGS.values())
        },
        "人员状态": where(lives.dead[row] & (rng.random(count) < 0.2), "死亡", ""),
        "更新日期": date_texts(
            np.datetime64(settings.as_of, "D") - rng.integers(20, 330, count).astype("timedelta64[D]"), "/"
        ),
    }  # fmt: skip
    damage = np.where(identity.damage == 0, mismatch, identity.damage)
    note = where(former, "former_certificate", where(uncertified, "uncertified", ""))
    title = f"{_place(county)}残疾人基本情况登记册"
    return with_doubles(county, Sheet("registry", title, columns, person, damage, identity.name_damage, note))


def households(county: County) -> Sheet:
    """One row a member, with and without a certificate."""
    members, people = county.members, county.people
    person = np.arange(people.members)
    identity = identify(county.settings, "households", people, person, scale=0.5)
    head = county.head[members.household]
    columns = {
        "户编号": _household_numbers(members.household),
        "户主姓名": take(people.name, head),
        "户主身份证号": take(people.id_number, head),
        "姓名": identity.name,
        "身份证号": identity.number,
        "性别": where(people.male[person], "男", "女"),
        "出生日期": date_texts(people.birth[person]),
        "与户主关系": relations(members.relation, people.male[person]),
        "是否持证": where((members.holder >= 0) & _certified(county, members.holder), "是", "否"),
        "户籍地代码": take(county.villages.code, people.village[person]),
        "户籍村（社区）": take(county.villages.name, people.village[person]),
    }
    return Sheet(
        "households",
        f"{_place(county)}残疾人家庭成员名册",
        columns,
        person,
        identity.damage,
        identity.name_damage,
    )


def relations(code: Ints, male: Bools) -> pa.StringArray:
    """子 or 女, 父 or 母…, by sex."""
    of_man = ("户主", "配偶", "子", "父", "孙子", "祖父", "兄弟", "女婿", "其他")
    of_woman = ("户主", "配偶", "女", "母", "孙女", "祖母", "姐妹", "儿媳", "其他")
    assert len(of_man) == len(RELATIONS)  # noqa: S101 - the two tables speak of the same codes
    return where(male, label(of_man, code), label(of_woman, code))


def certificate_numbers(
    county: County, holder: Ints, grade: Ints, id_number: pa.StringArray
) -> pa.StringArray:
    """The twenty characters, with B1 where the certificate was replaced; the id alone where there is none."""
    lives = county.lives
    tail = join(
        plain(county.holders.category[holder] + 1), plain(grade), where(lives.replaced[holder], "B1", "")
    )
    return where(lives.certificate_status[holder] == UNCERTIFIED, id_number, join(id_number, tail))


def _place(county: County) -> str:
    name = county.villages.county[0].as_py()
    return name if len(set(county.villages.county.to_pylist())) == 1 else ""


def _household_numbers(household: Ints) -> pa.StringArray:
    return join("H", digits(household + 1, 7))


def _certified(county: County, holder: Ints) -> Bools:
    return np.asarray(county.lives.certificate_status[np.maximum(holder, 0)] != UNCERTIFIED)


def _certificates(
    county: County, rng: np.random.Generator, row: Ints, grade: Ints, former: Bools
) -> tuple[pa.StringArray, Ints]:
    """Numbers, a few of which contradict the id, category or grade beside them; and where they do."""
    wrong_grade = exactly(
        rng,
        ~former & (county.lives.certificate_status[row] != UNCERTIFIED),
        round(county.settings.rates.number_mismatch / 2 * len(row)),
    )
    written = grade.copy()
    written[wrong_grade] = grade[wrong_grade] % 4 + 1
    numbers = certificate_numbers(county, row, written, take(county.people.id_number, county.person[row]))
    damage = np.zeros(len(row), dtype=np.int8)
    slip = exactly(
        rng, np.ones(len(row), dtype=np.bool_), round(county.settings.rates.number_mismatch / 2 * len(row))
    )
    cells = numbers.take(pa.array(slip)).to_pylist()
    other = [f"{cell[:12]}{(int(cell[12]) + 1) % 10}{cell[13:]}" for cell in cells]
    damage[slip] = damage[wrong_grade] = DAMAGES.index("other_system")
    return scatter(numbers, slip, other), damage


def _parts(county: County, row: Ints) -> pa.StringArray:
    parts = county.lives.parts[row]
    several = (parts > 0).sum(axis=1) > 1
    written = [
        where(parts[:, at] > 0, join(CATEGORY_NAMES[at], label(GRADES, parts[:, at]), "；"), "")
        for at in range(6)
    ]
    return where(several, pc.utf8_rtrim(join(*written), "；"), "")


def _status(county: County, rng: np.random.Generator, row: Ints, former: Bools) -> pa.StringArray:
    status = county.lives.certificate_status[row]
    words = label(("正常", "冻结", "过期", "注销", "未办证"), status)
    assert (FROZEN, EXPIRED, CANCELLED, UNCERTIFIED) == (1, 2, 3, 4)  # noqa: S101 - the order of the words
    return where(former, "注销", words)


def _hukou(county: County, rng: np.random.Generator, person: Ints) -> pa.StringArray:
    """The village's code; now and then that of a village which is not of this area."""
    codes = take(county.villages.code, county.people.village[person])
    if not len(county.outside):
        return codes
    wrong = exactly(
        rng, np.ones(len(person), dtype=np.bool_), round(county.settings.rates.other_county * len(person))
    )
    strange = county.outside.code.take(pa.array(rng.integers(0, len(county.outside), len(wrong)))).to_pylist()
    return scatter(codes, wrong, strange)


def _residence_codes(county: County, row: Ints) -> pa.StringArray:
    inside = take(county.villages.code, county.residence[row])
    return where(county.away[row] >= 0, take(county.outside.code, county.away[row]), inside)


def _addresses(county: County, rng: np.random.Generator, row: Ints) -> pa.StringArray:
    """Where they live, or lived: some addresses are of a village they have left."""
    village = county.residence[row].copy()
    stale = (rng.random(len(row)) < county.settings.rates.stale_address) & (village >= 0)
    village[stale] = rng.integers(0, len(county.villages), int(stale.sum()))
    at = np.maximum(village, 0)
    lane = label(
        ("东风里", "新村", "南安里", "人民路", "兴隆里", "向阳街", "永安巷", "中和里"),
        rng.integers(0, 8, len(row)),
    )
    here = join(
        take(county.villages.county, at), take(county.villages.township, at), take(county.villages.name, at),
        lane, plain(rng.integers(1, 200, len(row))), "号",
    )  # fmt: skip
    away = county.away[row]
    there = join(
        take(county.outside.county, away),
        take(county.outside.township, away),
        take(county.outside.name, away),
    )
    return where(away >= 0, there, here)


def _guardians(county: County, row: Ints) -> pa.StringArray:
    """Of children and of people with an intellectual or psychiatric disability: the head, or the next member."""
    lives, holders, members = county.lives, county.holders, county.members
    needs = (lives.age[row] < 18) | np.isin(holders.category[row], (4, 5))
    household = holders.household[row]
    head = county.head[household]
    own = head == county.person[row]
    other = np.minimum(head + 1, county.people.members - 1)
    guardian = np.where(own, np.where(members.household[other] == household, other, -1), head)
    return take(county.people.name, np.where(needs, guardian, -1))


def _family(county: County, person: Ints) -> dict[str, pa.StringArray]:
    members, people = county.members, county.people
    household = members.household[person]
    head = county.head[household]
    return {
        "户编号": _household_numbers(household),
        "户主姓名": take(people.name, head),
        "户主身份证号": take(people.id_number, head),
        "与户主关系": relations(members.relation[person], people.male[person]),
        "家庭人口": plain(members.size[household]),
    }


def _marital(county: County, rng: np.random.Generator, row: Ints) -> pa.StringArray:
    """Married where husband or wife is of the household; else mostly by age."""
    members, person = county.members, county.person[row]
    with_spouse = np.zeros(len(members.size), dtype=np.bool_)
    with_spouse[members.household[members.role == SPOUSE]] = True
    couple = with_spouse[members.household[person]] & np.isin(members.role[person], (ANCHOR, SPOUSE))
    age = county.lives.age[row]
    alone = np.select(
        [age < 35, age < 60], [0, choose(rng, [70, 0, 30], len(row))], choose(rng, [15, 0, 10, 75], len(row))
    )
    return where(age < 20, "", label(("未婚", "已婚", "离婚", "丧偶"), np.where(couple, 1, alone)))


def _silent(rng: np.random.Generator, share: float, count: int) -> Callable[[pa.StringArray], pa.StringArray]:
    """A function that blanks some answers of a column."""

    def said(column: pa.StringArray) -> pa.StringArray:
        return where(rng.random(count) < share, "", column)

    return said
