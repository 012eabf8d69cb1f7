"""What reading and understanding a file gives, and what staging takes: one table of standard fields.

Fields: name, id_number, id_written (a list's number that fails its check), id_kind, certificate_number, birth_date,
sex (birth_date_written, sex_written: as a list's row says them), hukou, residence, phone, address, household_number
(the county's own), head_name, head_id, relation, issued_on, guardian_name, guardian_relation,
guardian_phone and, for lists, month, pay_kind, amount_fen, account, payee_name. Every other column is a fact by its
name. `row` is the row's number in the file. A column that is not there was not delivered: what is on file of it
stays. A null is a blank: the source says nothing of it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yice.identifiers import sealing
from yice.terms.errors import Problem
from yice.terms.periods import Month

if TYPE_CHECKING:
    from yice.exchange.files.workbook import Sheet  # heavy to import in every preparing process

IDENTITY = (
    "name", "id_number", "id_written", "id_kind", "certificate_number", "birth_date", "sex", "birth_date_written",
    "sex_written",
)  # fmt: skip
CONTACT = ("hukou", "residence", "phone", "address", "household_number", "relation")
GUARDIAN = ("guardian_name", "guardian_relation", "guardian_phone")
HEAD = ("head_name", "head_id")
PAYMENT = ("month", "pay_kind", "amount_fen", "account", "payee_name")
# Understood and not kept: numbers of other systems, what a mask would hide, what no rule asks for.
# (`updated_on`, the day a row was last looked at, is kept with it: its facts are of that day.)
NOT_KEPT = (
    "person_key", "student_number", "payee_id", "benefit", "pay_state", "insured_state", "insurance_kind", "serial",
    "remark", "age", "ethnicity", "education_level", "marital", "bank", "cause", "class_name", "school", "covered_people",
    "self_care",
)  # fmt: skip
STANDARD = frozenset((*IDENTITY, *CONTACT, *GUARDIAN, *HEAD, *PAYMENT, *NOT_KEPT, "issued_on", "row"))
# Facts with a column of their own in `Facts`; all others stand in its `rest`.
TYPED: dict[str, str] = {
    "category": "text",
    "grade": "int",
    "parts": "text",
    "certified": "bool",
    "certificate_status": "text",
    "certificate_until": "date",
    "rural": "bool",
    "employed": "bool",
    "school_stage": "text",
}


@dataclass(frozen=True)
class Refusal:
    """A row that is not taken, with what is wrong with it in words; never a value of the row."""

    line: int  # its number in the file
    code: str
    problems: Sequence[Problem]
    id_number: str | None = field(default=None, repr=False)  # kept from the record: only its index is staged

    def id_index(self) -> bytes | None:
        """A refused row still names somebody, who must not count as gone."""
        return sealing.index("id_number", self.id_number)


@dataclass(frozen=True)
class Delivery:
    """A file read: its good rows in chunks, each a table of the same standard fields."""

    fields: tuple[str, ...]  # the fields delivered, in every chunk
    chunks: Iterable[pa.Table]
    rows: int  # good rows, for progress
    refusals: Sequence[Refusal] = ()
    mapping: Mapping[str, Any] = field(default_factory=dict)
    month: Month | None = None  # as the file says
    by_household: bool = False  # heads stand for members who are not named: silence says nothing
    notes: Sequence[str] = ()
    odd: Sequence[Mapping[str, Any]] = ()  # what was taken with something left out: {"why", "rows", "lines"}
    sheet: Sheet | None = None  # as read, so that refused rows can go back

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in STANDARD)


def rest_facts(fields: Iterable[str]) -> list[str]:
    """The delivered facts that have no column of their own, in a fixed order."""
    return sorted(name for name in fields if name not in STANDARD and name not in TYPED)
