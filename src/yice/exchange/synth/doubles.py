"""People who stand on the register twice: once more, years ago, under another number that passes its check."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.synth.county import County
from yice.exchange.synth.damage import DAMAGES
from yice.exchange.synth.draw import Ints, exactly, join, plain, stream, texts
from yice.exchange.synth.sheets import Sheet
from yice.identifiers.citizen_id import check_digit

# A second record knows nothing of the household; its certificate was given out under the other number.
_UNKNOWN = ("户编号", "户主姓名", "户主身份证号", "与户主关系", "家庭人口", "监护人姓名")
_SEQUENCES = 1000


def with_doubles(county: County, sheet: Sheet) -> Sheet:
    """The register with second records at its end: the same name, day of birth, place and phone beside another number."""
    rng, rates = stream(county.settings.seed, "doubles"), county.settings.rates
    _whose, back, times = np.unique(sheet.person, return_inverse=True, return_counts=True)
    sound = (sheet.damage == 0) & (sheet.name_damage == 0) & (times[back] == 1)
    for heading in ("联系电话", "残疾人证号"):
        sound &= np.asarray(pc.not_equal(sheet.columns[heading], "").to_numpy(zero_copy_only=False))
    chosen = exactly(rng, sound, round(rates.second_record * len(county.person)))
    if not len(chosen):
        return sheet
    first = {name: column.take(pa.array(chosen)) for name, column in sheet.columns.items()}
    numbers = _others(first["身份证号"].to_pylist(), county.people.id_number)
    kinds = pc.utf8_slice_codeunits(first["残疾人证号"], 18)
    second = first | {
        "序号": plain(np.arange(len(sheet) + 1, len(sheet) + 1 + len(chosen))),
        "身份证号": texts(numbers),
        "残疾人证号": join(texts(numbers), kinds),
        **{name: texts([""] * len(chosen)) for name in _UNKNOWN},
    }
    return Sheet(
        sheet.name,
        sheet.title,
        {name: pa.concat_arrays([column, second[name]]) for name, column in sheet.columns.items()},
        np.r_[sheet.person, sheet.person[chosen]],
        np.r_[sheet.damage, np.full(len(chosen), DAMAGES.index("renumbered"), dtype=sheet.damage.dtype)],
        np.r_[sheet.name_damage, _none(chosen, sheet)],
        pa.concat_arrays([_notes(sheet), texts(["second_record"] * len(chosen))]),
    )


def _none(chosen: Ints, sheet: Sheet) -> Ints:
    return np.zeros(len(chosen), dtype=sheet.name_damage.dtype)


def _notes(sheet: Sheet) -> pa.StringArray:
    return sheet.note if sheet.note is not None else texts([""] * len(sheet))


def _others(numbers: list[str], given: pa.StringArray) -> list[str]:
    """For each number another of the same day and sex that nobody has."""
    found: list[str] = []
    for number in numbers:
        sequence = int(number[14:17])
        others = [f"{number[:14]}{(sequence + step) % _SEQUENCES:03d}" for step in range(2, _SEQUENCES, 2)]
        whole = texts([body + check_digit(body) for body in others])
        free = pc.invert(pc.is_in(whole, value_set=given)).to_pylist()
        found.append(next(one for one, is_free in zip(whole.to_pylist(), free, strict=True) if is_free))
    return found
