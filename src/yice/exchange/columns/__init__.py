"""Understands a sheet's columns and turns them into typed ones, refusing rows with a reason.

    understand(sheet, *, file_name="", kind=None, month=None, fields=None) -> Understanding
        kind: registry, households, one of the list kinds of the packs, or two_subsidies; "" if none fits
        mapping: {column position: field name}; unknown: positions nobody could read; month if one was found
        fields: {heading as written: field name or "" for none}, what a person corrected by hand
    looks_like(sheet, file_name="") -> str: the kind it clearly is, whatever it was brought as
    normalise(sheet, understanding, *, as_of, area=None, places=None, allow_test_range=False) -> Normalised
        area: 12-digit code of the county; rows of other places are refused. places: names → codes (see places)
        table: pyarrow Table of the standard fields below; `row` is the row number in the file
        refusals, warnings: list[RowProblem(row, column, problem)]; column is the heading as written
        read = kept + refused rows; notes: what is said of the sheet as a whole
        split() -> {kind: Normalised}: two_subsidies as living_subsidy and nursing_subsidy, others as they are

Registry and households: row, name, id_number (18 characters or null), id_kind (lower-case names of
`citizen_id.Kind`), certificate_number, birth_date (date32), sex (male, female), hukou and residence (12-digit
codes), phone, address, guardian_name, household_number, head_name, head_id, relation, issued_on, and a column
per fact stated (names of the packs' core facts: bool, int32, date32, codes as strings, sets and parts joined by
";", money in fen as int64). A field without a column is not in the table; a null is unknown.

Lists: row, name, id_number, id_kind, certificate_number, birth_date, sex, hukou, phone, address, month (date32,
first day), pay_kind (regular, arrears, recovery), amount_fen (int64), account, payee_name, payee_id,
household_number, head_name, head_id, relation, student_number, died_on, registered_on, and the facts its rows
state (income_class, medical_kind, pension_kind, in_school_roll, school_stage, school_kind, deceased). A list
keeps rows whose id fails its check: `id_kind` tells, `id_written` has what stands there, and matching decides.
`birth_date_written` and `sex_written` are what the row itself says; the others are the id's where it is sound.
`by_household`: heads stand for members who are not named, so silence says nothing of those.
"""

from yice.exchange.columns.normalise import normalise
from yice.exchange.columns.places import Places
from yice.exchange.columns.recognise import looks_like, understand
from yice.exchange.columns.results import Normalised, RowProblem, Understanding

__all__ = ["Normalised", "Places", "RowProblem", "Understanding", "looks_like", "normalise", "understand"]
