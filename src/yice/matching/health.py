"""Whether a list can be compared at all, and whether it looks like one that went wrong on its way.

A wrong encoding, a column shifted or sorted by itself: what comes out of such a list looks like pairs and is none.
It is stopped with its shares before anything follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers.citizen_id import Kind
from yice.matching.names import SLIP
from yice.matching.normalise import COLUMNS, Records, texts
from yice.matching.pairs import NAME, Pairs
from yice.terms.errors import Problem
from yice.terms.messages import Message

LEAST = 20  # cells of a column, before a share says anything
HALF = 0.5  # of the cells that are not blank; in the field it is nine in ten and more
AGREE = 0.6  # of the pairs of one number, those whose names are alike
FAMILIES = 100  # named rows of a registry, before its families are taken for all there are
_BROKEN = r"[\x{80}-\x{24f}\x{fffd}]|锟斤拷|烫烫"  # what one encoding read as another leaves

NAMES: Mapping[str, Message] = {
    "name": Message("姓名"),
    "id_number": Message("身份证号"),
    "birth_date": Message("出生日期"),
    "sex": Message("性别"),
}


@dataclass(frozen=True)
class Health:
    """Of each column: cells that are not blank, and those of them that can be read. `damage`: ids by what is wrong."""

    rows: int
    filled: Mapping[str, int]
    read: Mapping[str, int]
    damage: Mapping[str, int]

    def share(self, name: str) -> float:
        return self.read[name] / self.filled[name] if self.filled[name] else 1.0


def made_up(registry: Records) -> bool:
    """Whether most of a register's numbers are of the test range: people who were made up, and know it."""
    kind = registry.id_kind
    return bool(2 * (kind == Kind.TEST).sum() > (kind != Kind.NONE).sum())


def comparable(table: pa.Table, records: Records) -> None:
    """Raises a Problem where neither names nor ids are given."""
    named = pc.any(pc.not_equal(records.name, "")).as_py()
    if table.num_rows and not named and not (records.id_kind != Kind.NONE).any():
        raise _nothing(table)


def health(table: pa.Table, records: Records) -> Health:
    """Count what can be read, column by column. A Problem as `comparable`."""
    comparable(table, records)
    given = {name: pc.not_equal(pc.utf8_trim_whitespace(texts(table, name)), "") for name in NAMES}
    filled = {name: int(pc.sum(cells).as_py() or 0) for name, cells in given.items()}
    broken = pc.match_substring_regex(records.name, _BROKEN)
    wordless = pc.match_substring_regex(records.name, "^[0-9.:/-]*$")
    names = pc.and_(pc.not_equal(records.name, ""), pc.and_(pc.invert(broken), pc.invert(wordless)))
    kind = records.id_kind
    known = records.usable | records.cut | np.isin(kind, (Kind.TEST, Kind.DAMAGED))
    read = {
        "name": int(pc.sum(names).as_py() or 0),
        "id_number": int(known.sum()),
        "birth_date": int((records.written_birth != 0).sum()),
        "sex": int((records.written_sex != 0).sum()),
    }
    met = np.bincount(kind, minlength=len(Kind))
    damage = {
        one.name.lower(): int(met[one]) for one in Kind if met[one] and one not in (Kind.NONE, Kind.VALID)
    }
    return Health(len(records), filled, read, damage)


def check(found: Health, ours: Records, theirs: Records) -> None:
    """A Problem (`match-suspicious`) when half of a column or more makes no sense, or the families are none of ours."""
    wrong = [name for name in NAMES if found.filled[name] >= LEAST and found.share(name) < HALF]
    if wrong:
        shares = "、".join(f"{NAMES[name]} {found.share(name):.0%}" for name in wrong)
        raise _suspicious(Message("读得懂的：{shares}", shares=shares))
    known = _families(ours.name, theirs.name)
    if known < HALF:
        raise _suspicious(Message("姓氏在登记册里出现过的：{share}", share=f"{known:.0%}"))


def _families(ours: pa.StringArray, theirs: pa.StringArray) -> float:
    """The share of their named rows that begin with a character some name of ours begins with."""
    one, other = (
        pc.utf8_slice_codeunits(names.filter(pc.not_equal(names, "")), 0, 1) for names in (ours, theirs)
    )
    if len(one) < FAMILIES or len(other) < LEAST:
        return 1.0
    met = pc.is_in(other, value_set=pc.unique(one))
    return float(pc.mean(pc.cast(met, pa.int8())).as_py())


def _suspicious(shares: Message) -> Problem:
    return Problem(
        "match-suspicious",
        Message("名单看来有问题，没有比对。{shares}。", shares=shares),
        why=Message("可能编码不对，或列错了位；这样比对出来的结果不可信。"),
        fix=Message("请打开原文件核对，改好再传；确认无误时可加 --unchecked。"),
    )


def check_names(by_id: Pairs) -> None:
    """A Problem when equal numbers stand beside unlike names too often: a column was sorted or moved by itself."""
    named = by_id.levels[:, NAME] != 0
    count = int(named.sum())
    alike = int((named & (by_id.levels[:, NAME] <= SLIP)).sum())
    if count >= LEAST and alike < AGREE * count:
        raise Problem(
            "match-suspicious",
            Message("身份证号对得上的 {count} 对里，只有 {share} 姓名也对得上，没有比对。", count=count, share=f"{alike / count:.0%}"),
            why=Message("多半是姓名列或号码列单独排过序，或错开了一行。"),
            fix=Message("请让来表单位重新导出；确认无误时可加 --unchecked。"),
        )  # fmt: skip


def _nothing(table: pa.Table) -> Problem:
    there = [name for name in table.column_names if name in COLUMNS]
    return Problem(
        "match-no-columns",
        Message("名单里没有姓名，也没有身份证号。"),
        where=Message("认得的列：{columns}。", columns="、".join(there) or "—"),
        why=Message("缺少这两列就无法比对。"),
        fix=Message("请把列名写成 name 和 id_number；可用的列：{columns}。", columns="、".join(COLUMNS)),
    )
