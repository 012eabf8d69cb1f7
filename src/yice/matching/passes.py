"""Which rows are one person, in passes; each pass takes what the ones before it left.

Pass 1, by id: the same usable number and a name that agrees is the same person. The same number beside another
name is for somebody to look at: a relative, a guardian, a changed name, a slip.

The residual: a row without a usable number, and a registered person of that name whom nothing contradicts, are
*possible*. It is no match; it only keeps a blank from being read as "not on the list". Two usable numbers that
differ are never one person here (a veto: most false pairs of a fuzzy matcher are twins and kin).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers.bulk import UNKNOWN
from yice.identifiers.citizen_id import Kind
from yice.matching.normalise import Records, normalise
from yice.terms.messages import Message

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
TOWNSHIP = 9  # digits of a division code that must agree where both rows give a village


class Decision(IntEnum):
    SAME = 1
    QUEUE = 2  # somebody must look
    POSSIBLE = 3  # not decided; what the list says of this person is unknown


class Reason(IntEnum):
    ID_AND_NAME = 1
    ID_OTHER_NAME = 2
    ID_NO_NAME = 3
    NAME_NO_ID = 4
    NAME_CUT_ID = 5
    NAME_BROKEN_ID = 6


DECISIONS = {Decision.SAME: "same", Decision.QUEUE: "queue", Decision.POSSIBLE: "possible"}
REASONS: dict[Reason, tuple[str, Message]] = {
    Reason.ID_AND_NAME: ("id-and-name", Message("身份证号相同，姓名一致")),
    Reason.ID_OTHER_NAME: (
        "id-other-name",
        Message("身份证号相同，姓名不同：可能是亲属、监护人、改名或填错"),
    ),
    Reason.ID_NO_NAME: ("id-no-name", Message("身份证号相同，但有一方没有姓名")),
    Reason.NAME_NO_ID: ("name-no-id", Message("姓名相同，有一方没有身份证号，其余信息不矛盾")),
    Reason.NAME_CUT_ID: (
        "name-cut-id",
        Message("姓名相同，身份证号被表格软件截断，保留的数字不矛盾；请告知来表单位把该列设为文本"),
    ),
    Reason.NAME_BROKEN_ID: ("name-broken-id", Message("姓名相同，有一方身份证号通不过校验，其余信息不矛盾")),
}


@dataclass(frozen=True)
class Pairs:
    """Pairs of positions in the two tables, ordered by list row, then registry row."""

    registry_row: Ints
    list_row: Ints
    pass_: npt.NDArray[np.int8]  # 1 by id, 4 the residual
    decision: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.list_row)

    def of(self, decision: Decision) -> Pairs:
        at = self.decision == decision
        return Pairs(
            self.registry_row[at], self.list_row[at], self.pass_[at], self.decision[at], self.reason[at]
        )


def match(
    registry: pa.Table | Records, list_: pa.Table | Records, *, allow_test_range: bool = False
) -> Pairs:
    """Pair the rows of a list with the registry's. A registered person with several rows gets a pair for each."""
    ours, theirs = (
        one if isinstance(one, Records) else normalise(one, allow_test_range=allow_test_range)
        for one in (registry, list_)
    )
    found = [_by_id(ours, theirs)]
    settled = found[0].of(Decision.SAME)
    found.append(_residual(ours, theirs, settled))
    columns = [
        np.concatenate([getattr(one, name) for one in found])
        for name in ("registry_row", "list_row", "pass_", "decision", "reason")
    ]
    order = np.lexsort((columns[0], columns[1]))
    return Pairs(*(column[order] for column in columns))


def _by_id(ours: Records, theirs: Records) -> Pairs:
    ours_at, theirs_at = np.flatnonzero(ours.usable), np.flatnonzero(theirs.usable)
    left, right = _join(ours.id_text, ours_at, theirs.id_text, theirs_at)
    ours_name, theirs_name = ours.name.take(pa.array(left)), theirs.name.take(pa.array(right))
    agrees = _true(pc.equal(ours_name, theirs_name))
    blank = _true(pc.or_(pc.equal(ours_name, ""), pc.equal(theirs_name, "")))
    reason = np.select([blank, agrees], [Reason.ID_NO_NAME, Reason.ID_AND_NAME], Reason.ID_OTHER_NAME)
    decision = np.where(agrees & ~blank, Decision.SAME, Decision.QUEUE)
    return _pairs(left, right, 1, decision, reason)


def _residual(ours: Records, theirs: Records, settled: Pairs) -> Pairs:
    """Namesakes of whom at least one has no usable number, and whom nothing contradicts.

    Who has been found on the list by number needs no namesake; a row that has found its person is done.
    """
    open_ours = np.ones(len(ours), dtype=np.bool_)
    open_ours[settled.registry_row] = False
    open_theirs = np.ones(len(theirs), dtype=np.bool_)
    open_theirs[settled.list_row] = False
    open_ours &= _true(pc.not_equal(ours.name, ""))
    open_theirs &= _true(pc.not_equal(theirs.name, ""))
    blocks = (
        (open_ours, open_theirs & ~theirs.usable),
        (open_ours & ~ours.usable, open_theirs & theirs.usable),
    )
    joined = [
        _join(ours.name, np.flatnonzero(a), theirs.name, np.flatnonzero(b))
        for a, b in blocks
        if a.any() and b.any()
    ]
    left = np.concatenate([np.zeros(0, dtype=np.int64), *(one[0] for one in joined)])
    right = np.concatenate([np.zeros(0, dtype=np.int64), *(one[1] for one in joined)])
    kept = ~_contradicted(ours, theirs, left, right)
    left, right = left[kept], right[kept]

    cut = (ours.id_kind[left] == Kind.DAMAGED) | (theirs.id_kind[right] == Kind.DAMAGED)
    none = (ours.id_kind[left] == Kind.NONE) | (theirs.id_kind[right] == Kind.NONE)
    reason = np.select([cut, none], [Reason.NAME_CUT_ID, Reason.NAME_NO_ID], Reason.NAME_BROKEN_ID)
    return _pairs(left, right, 4, np.full(len(left), Decision.POSSIBLE), reason)


def _contradicted(ours: Records, theirs: Records, left: Ints, right: Ints) -> Bools:
    """Both give a birth date, a sex or a village, and they differ."""
    birth, other_birth = ours.birth[left], theirs.birth[right]
    differs = ~np.isnat(birth) & ~np.isnat(other_birth) & (birth != other_birth)
    sex, other_sex = ours.sex[left], theirs.sex[right]
    differs |= (sex != UNKNOWN) & (other_sex != UNKNOWN) & (sex != other_sex)
    here = pc.utf8_slice_codeunits(ours.village, 0, TOWNSHIP).take(pa.array(left))
    there = pc.utf8_slice_codeunits(theirs.village, 0, TOWNSHIP).take(pa.array(right))
    given = _true(pc.and_(pc.not_equal(here, ""), pc.not_equal(there, "")))
    return np.asarray(differs | (given & _true(pc.not_equal(here, there))))


def _join(left: pa.StringArray, left_at: Ints, right: pa.StringArray, right_at: Ints) -> tuple[Ints, Ints]:
    """Positions of equal texts: a hash join of the rows at `left_at` and `right_at`."""
    ours = pa.table({"key": left.take(pa.array(left_at)), "ours": left_at})
    theirs = pa.table({"key": right.take(pa.array(right_at)), "theirs": right_at})
    joined = theirs.join(ours, "key", join_type="inner")
    return joined["ours"].to_numpy(), joined["theirs"].to_numpy()


def _pairs(
    left: Ints, right: Ints, pass_: int, decision: npt.NDArray[np.integer], reason: npt.NDArray[np.integer]
) -> Pairs:
    count = len(left)
    return Pairs(
        left, right, np.full(count, pass_, dtype=np.int8), decision.astype(np.int8), reason.astype(np.int8)
    )


def _true(column: pa.BooleanArray) -> Bools:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.bool_)
