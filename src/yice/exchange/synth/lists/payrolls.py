"""Both subsidies' payrolls: a row a beneficiary, month and kind of payment, to an account that may be a relative's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yice.exchange.synth.benefits import NEVER, Subsidy
from yice.exchange.synth.county import County
from yice.exchange.synth.draw import Bools, Ints, digits, join, label, plain, stream, where, yuan
from yice.exchange.synth.numbers import accounts
from yice.exchange.synth.people import take
from yice.exchange.synth.register import GRADES, certificate_numbers
from yice.exchange.synth.sheets import Sheet, identify
from yice.identifiers.certificate import CATEGORY_NAMES

REGULAR, ARREARS, RECOVERY = range(3)
KINDS = ("正常发放", "补发", "追回")


@dataclass(frozen=True)
class _Rows:
    """Payments, the earliest month first; a stranger's holder is -1."""

    holder: Ints
    person: Ints
    back: Ints  # months before the as-of month
    kind: Ints
    fen: Ints
    covers: Ints  # how many months an arrears or recovery row is for


def living(county: County) -> Sheet:
    """困难残疾人生活补贴, by identity number."""
    rows = _rows(county, "living", county.benefits.living, county.settings.amounts.living)
    identity = identify(county.settings, "living_subsidy", county.people, rows.person)
    payee, account, relation = _payees(county, rows)
    year, month = _year_month(county, rows.back)
    columns = {
        "序号": plain(np.arange(1, len(rows.person) + 1)),
        "发放月份": join(plain(year), "年", plain(month), "月"),
        "镇（街）": take(county.villages.township, county.people.village[rows.person]),
        "村（居）": take(county.villages.name, county.people.village[rows.person]),
        "姓名": identity.name,
        "身份证号码": identity.number,
        "发放类型": label(KINDS, rows.kind),
        "金额": yuan(rows.fen),
        "收款人姓名": payee,
        "与本人关系": relation,
        "开户银行": where(rows.holder >= -1, "示例农商银行", ""),
        "银行账号": account,
        "备注": _remarks(rows),
    }  # fmt: skip
    return Sheet(
        "living_subsidy",
        "困难残疾人生活补贴发放表",
        columns,
        rows.person,
        identity.damage,
        identity.name_damage,
        _notes(rows),
    )


def nursing(county: County) -> Sheet:
    """重度残疾人护理补贴, by certificate number only; its heading for the grade is mistyped, as met in the field."""
    rows = _rows(county, "nursing", county.benefits.nursing, county.settings.amounts.nursing)
    holder = np.maximum(rows.holder, 0)
    # Whoever is paid by an old grade is on the payroll with the number of that time.
    regraded = county.benefits.regraded[holder]
    grade = np.where((regraded > 0) & (regraded <= 2), regraded, county.holders.grade[holder])
    strangers = rows.holder < 0
    ids = take(county.people.id_number, rows.person)
    numbers = where(strangers, join(ids, "42"), certificate_numbers(county, holder, grade, ids))
    identity = identify(county.settings, "nursing_subsidy", county.people, rows.person, numbers)
    payee, account, _ = _payees(county, rows)
    year, month = _year_month(county, rows.back)
    columns = {
        "补贴月份": join(digits(year, 4), digits(month, 2)),
        "姓名": identity.name,
        "残疾证号": identity.number,
        "残疾类别": where(strangers, "肢体", label(CATEGORY_NAMES, county.holders.category[holder])),
        "残疾登记": where(strangers, "二级", label(GRADES, grade)),
        "类型": label(KINDS, rows.kind),
        "补贴金额": yuan(rows.fen),
        "户名": payee,
        "账号": account,
        "备注": _remarks(rows),
    }
    return Sheet(
        "nursing_subsidy",
        "重度残疾人护理补贴发放花名册",
        columns,
        rows.person,
        identity.damage,
        identity.name_damage,
        _notes(rows),
    )


def _rows(county: County, name: str, subsidy: Subsidy, standard: int) -> _Rows:
    settings = county.settings
    rng = stream(settings.seed, f"payroll/{name}")
    found: list[tuple[Ints, Ints, int, Ints, Ints]] = []
    window = settings.months
    for back in range(window - 1, -1, -1):
        paid = np.flatnonzero((subsidy.first >= back) & (subsidy.last <= back) & (subsidy.first < NEVER))
        found.append(
            (paid, np.full(len(paid), back), REGULAR, subsidy.rate[paid], np.ones(len(paid), dtype=int))
        )
    again = np.flatnonzero(subsidy.twice)
    found.append(
        (again, np.zeros(len(again), dtype=int), REGULAR, subsidy.rate[again], np.ones(len(again), dtype=int))
    )
    # Newly included: the months since the application come with the first payment.
    new = np.flatnonzero(subsidy.first < window)
    waited = rng.integers(0, 3, len(new))
    new, waited = new[waited > 0], waited[waited > 0]
    found.append((new, subsidy.first[new], ARREARS, subsidy.rate[new] * waited, waited))
    # Overpaid after a death: one month too many is claimed back in the month after the last payment.
    over = np.flatnonzero(subsidy.recovered)
    month = np.maximum(subsidy.last[over] - 1, 0)
    found.append((over, month, RECOVERY, -subsidy.rate[over], np.ones(len(over), dtype=int)))
    # Strangers: paid here, registered nowhere here.
    some = max(2, round(0.004 * int(subsidy.paid.sum())))
    strangers = rng.choice(county.people.strangers, some, replace=False)

    holder = np.concatenate([one[0] for one in found])
    back_all = np.concatenate([one[1] for one in found])
    kind = np.concatenate([np.full(len(one[0]), one[2]) for one in found])
    fen = np.concatenate([one[3] for one in found])
    covers = np.concatenate([one[4] for one in found])
    person = county.person[holder]
    months = np.tile(np.arange(window), some)
    person = np.r_[person, np.repeat(strangers, window)]
    holder = np.r_[holder, np.full(len(months), -1)]
    back_all, kind = np.r_[back_all, months], np.r_[kind, np.zeros(len(months), dtype=int)]
    fen, covers = np.r_[fen, np.full(len(months), standard)], np.r_[covers, np.ones(len(months), dtype=int)]
    order = np.lexsort((kind, person, county.people.village[person], -back_all))
    return _Rows(holder[order], person[order], back_all[order], kind[order], fen[order], covers[order])


def _payees(county: County, rows: _Rows) -> tuple[pa.StringArray, pa.StringArray, pa.StringArray]:
    """Who is paid: mostly the person, for children and one in eight others the head of the household or a relative."""
    people, members = county.people, county.members
    rng = stream(county.settings.seed, "payees")
    known = rows.person < people.members
    household = members.household[np.minimum(rows.person, people.members - 1)]
    head = county.head[household]
    relies = rng.random(len(people.village)) < 0.12  # one account a person, whatever the subsidy and month
    age = (np.datetime64(county.settings.as_of, "D") - people.birth[rows.person]).astype(int) // 365
    other: Bools = known & ((age < 16) | relies[rows.person]) & (head != rows.person)
    payee = np.where(other, head, rows.person)
    cards = accounts(rng, len(people.village))
    relation = where(other, "户主", "本人")
    return take(people.name, payee), cards.take(pa.array(payee)), relation


def _year_month(county: County, back: Ints) -> tuple[Ints, Ints]:
    month = county.settings.as_of.year * 12 + county.settings.as_of.month - 1 - back
    return month // 12, month % 12 + 1


def _remarks(rows: _Rows) -> pa.StringArray:
    covered = join("补发前", plain(rows.covers), "个月")
    return where(rows.kind == ARREARS, covered, where(rows.kind == RECOVERY, "死亡后多发，追回1个月", ""))


def _notes(rows: _Rows) -> pa.StringArray:
    kinds = label(("regular", "arrears", "recovery"), rows.kind)
    return where(rows.holder < 0, "stranger", kinds)
