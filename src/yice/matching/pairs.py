"""What a comparison gives: pairs with pass, decision, reason, levels and weight."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from yice.matching.keys import Bools, Ints
from yice.matching.model import LEVELS
from yice.terms.messages import Message

COMPARISONS = tuple(LEVELS)
NAME, BIRTH, SEX, VILLAGE, ADDRESS, PHONE, ID = range(len(COMPARISONS))  # columns of `levels`


class Decision(IntEnum):
    NONE = 0  # compared, and neither to be linked nor to be looked at
    SAME = 1
    QUEUE = 2  # somebody must look


class Reason(IntEnum):
    ID_AND_NAME = 1
    ID_AND_SOUND = 2
    ID_AND_BIRTH = 3
    ID_OTHER_NAME = 4
    ID_NO_NAME = 5
    ID_ALONE = 6
    SLIP_AND_NAME = 7
    CUT_AND_NAME = 8
    WRONG_ALIKE = 9
    SLIP_UNSURE = 10
    TWO_IDS = 11
    WEIGHT = 12
    BETWEEN = 13
    OTHER_NAME = 14
    LITTLE_PERSONAL = 15
    OTHER_COUNTY = 16
    TIE = 17
    TAKEN = 18
    OTHER_ROW = 19


DECISIONS = {Decision.NONE: "none", Decision.SAME: "same", Decision.QUEUE: "queue"}
REASONS: dict[Reason, tuple[str, Message]] = {
    Reason.ID_AND_NAME: ("id-and-name", Message("身份证号相同，姓名一致")),
    Reason.ID_AND_SOUND: ("id-and-sound", Message("身份证号相同，姓名同音不同字")),
    Reason.ID_AND_BIRTH: (
        "id-and-birth",
        Message("身份证号相同，姓名写法不同，另行填写的出生日期和性别一致"),
    ),
    Reason.ID_OTHER_NAME: (
        "id-other-name",
        Message("身份证号相同，姓名不同：可能是亲属、监护人、改名或填错"),
    ),
    Reason.ID_NO_NAME: ("id-no-name", Message("身份证号相同，但有一方没有姓名")),
    Reason.ID_ALONE: ("id-alone", Message("身份证号相同；名单只有号码，没有姓名")),
    Reason.SLIP_AND_NAME: ("slip-and-name", Message("身份证号只错一位或邻位颠倒，姓名一致")),
    Reason.CUT_AND_NAME: (
        "cut-and-name",
        Message("身份证号被表格软件截断，保留的数字相同，姓名一致；请告知来表单位把该列设为文本"),
    ),
    Reason.WRONG_ALIKE: (
        "wrong-alike",
        Message("双方写了同一个号码，号码通不过校验或属于其他证件，姓名一致"),
    ),
    Reason.SLIP_UNSURE: ("slip-unsure", Message("身份证号只差一点，姓名写法不同")),
    Reason.TWO_IDS: (
        "two-ids",
        Message("姓名、出生日期和地点一致，但双方各有一个有效而不同的身份证号"),
    ),
    Reason.WEIGHT: ("weight", Message("没有可用的身份证号，其余信息合起来超过自动认定的界线")),
    Reason.BETWEEN: ("between", Message("其余信息合起来在两条界线之间")),
    Reason.OTHER_NAME: (
        "other-name",
        Message("其余信息很像，但姓名写法和读音都不同：可能是双胞胎、亲属或改名"),
    ),
    Reason.LITTLE_PERSONAL: (
        "little-personal",
        Message("姓名和地点一致，但没有出生日期、电话、住址或号码来区别同名的人"),
    ),
    Reason.OTHER_COUNTY: ("other-county", Message("姓名、出生日期、性别一致，但在另一个县")),
    Reason.TIE: ("tie", Message("登记册里还有一个人几乎同样像")),
    Reason.TAKEN: ("taken", Message("名单里另有一行已经认定为此人")),
    Reason.OTHER_ROW: ("other-row", Message("此人在登记册里的另一行")),
}

_BY_NUMBER_AND_NAME = (
    Reason.ID_AND_NAME,
    Reason.ID_AND_SOUND,
    Reason.SLIP_AND_NAME,
    Reason.CUT_AND_NAME,
    Reason.WRONG_ALIKE,
)


@dataclass(frozen=True)
class Pairs:
    """Pairs of positions in the two tables. `levels` has a column for each of `COMPARISONS`, codes from 1 in the
    order of `model.LEVELS`, 0 where a side lacks the value. `frequency` is the share of registry rows that bear the
    registry row's name, which an exact name is weighed by. `runner_up` is the registry row of the next likely
    person for that list row, -1 for none, with its weight."""

    registry_row: Ints
    list_row: Ints
    pass_: npt.NDArray[np.int8]
    decision: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
    weight: npt.NDArray[np.float64]
    levels: npt.NDArray[np.int8]
    frequency: npt.NDArray[np.float64]
    runner_up: Ints
    runner_up_weight: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.list_row)

    def of(self, decision: Decision) -> Pairs:
        return self.at(self.decision == decision)

    def at(self, which: Bools | Ints) -> Pairs:
        return Pairs(*(getattr(self, field.name)[which] for field in fields(self)))

    @property
    def certain(self) -> Bools:
        """Pairs that may end something: decided by the number (pass 1 or 2) beside the name, or beside another name
        with the birth date and the sex as written. Any other may only start a check, until a person has decided it;
        a person's other rows follow the pair that found them."""
        named = np.isin(self.reason, _BY_NUMBER_AND_NAME)
        written = (self.levels[:, BIRTH] == 1) & (self.levels[:, SEX] == 1)
        found = named | ((self.reason == Reason.ID_AND_BIRTH) & written)
        return np.asarray(found & (self.decision == Decision.SAME))

    @classmethod
    def none(cls) -> Pairs:
        whole, small, real = np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.float64)
        levels = np.zeros((0, len(COMPARISONS)), dtype=np.int8)
        return cls(whole, whole, small, small, small, real, levels, real, whole, real)

    @classmethod
    def joined(cls, parts: list[Pairs]) -> Pairs:
        return cls(*(np.concatenate([getattr(one, field.name) for one in parts]) for field in fields(cls)))
