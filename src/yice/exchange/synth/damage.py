"""How cells get spoiled on the way: by spreadsheets, by hands, by old systems."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from yice.exchange.synth.draw import Ints, scatter

# The words of the truth files; "" is an unspoiled cell.
DAMAGES = ("", "space", "full_width", "lower_x", "fifteen", "scientific", "zeros", "typo", "swap", "blank", "relative", "name_space", "name_variant", "name_wrong", "other_system", "renumbered")  # fmt: skip
LOST = frozenset(
    {"scientific", "zeros", "typo", "swap", "blank", "relative", "renumbered"}
)  # what normalising cannot undo
_WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789X"}
_VARIANTS = {
    ord(k): v
    for k, v in zip("张陈刘杨赵黄吴孙马郑谢冯韩邓许叶苏卢蒋钟谭陆范龙汤赖丽兰凤伟军强国华东荣贵宝飞红艳", "張陳劉楊趙黃吳孫馬鄭謝馮韓鄧許葉蘇盧蔣鍾譚陸範龍湯賴麗蘭鳳偉軍強國華東榮貴寶飛紅艷", strict=True)
}  # fmt: skip


def spoil_ids(
    rng: np.random.Generator, column: pa.StringArray, rates: dict[str, float], scale: float = 1.0
) -> tuple[pa.StringArray, Ints]:
    """The column with cells spoiled at their rates times `scale`, and how each was (a position in DAMAGES).

    A number longer than eighteen characters is a certificate's: its id part is spoiled, its digits are kept.
    Blank cells stay blank.
    """
    codes = np.zeros(len(column), dtype=np.int8)
    kinds = [kind for kind in rates if kind != "relative"]
    draw = rng.random(len(column))
    edge = 0.0
    for kind in kinds:
        share = rates[kind] * scale
        codes[(draw >= edge) & (draw < edge + share)] = DAMAGES.index(kind)
        edge += share
    at = np.flatnonzero(codes)
    cells = column.take(pa.array(at)).to_pylist()
    spoiled = []
    for row, cell in zip(at, cells, strict=True):
        new = _SPOIL[DAMAGES[codes[row]]](rng, cell) if cell else cell
        if new == cell:
            codes[row] = 0
        spoiled.append(new)
    return scatter(column, at, spoiled), codes


def spoil_names(
    rng: np.random.Generator, column: pa.StringArray, space: float, variant: float, wrong: float
) -> tuple[pa.StringArray, Ints]:
    """The column with some names spaced out, written in other characters, or simply wrong."""
    codes = np.zeros(len(column), dtype=np.int8)
    draw = rng.random(len(column))
    codes[draw < space] = DAMAGES.index("name_space")
    codes[(draw >= space) & (draw < space + variant)] = DAMAGES.index("name_variant")
    codes[(draw >= space + variant) & (draw < space + variant + wrong)] = DAMAGES.index("name_wrong")
    at = np.flatnonzero(codes)
    cells = column.take(pa.array(at)).to_pylist()
    spoiled = []
    for row, cell in zip(at, cells, strict=True):
        new = _name(rng, cell, DAMAGES[codes[row]])
        if new == cell:
            codes[row] = 0
        spoiled.append(new)
    return scatter(column, at, spoiled), codes


def _name(rng: np.random.Generator, name: str, how: str) -> str:
    if how == "name_space":
        return " ".join(name) if len(name) == 2 else f"{name} "
    if how == "name_variant":
        dotted = name.replace("·", ("•", "．", "")[int(rng.integers(3))])
        return dotted if dotted != name else name.translate(_VARIANTS)
    return name[:-1] + "君民生平"[int(rng.integers(4))] if name[-1] not in "君民生平" else name


def _typo(rng: np.random.Generator, cell: str) -> str:
    at = int(rng.integers(6, 17))
    digit = str((int(cell[at]) + int(rng.integers(1, 10))) % 10)
    return cell[:at] + digit + cell[at + 1 :]


def _swap(rng: np.random.Generator, cell: str) -> str:
    at = int(rng.integers(6, 16))
    return cell[:at] + cell[at + 1] + cell[at] + cell[at + 2 :]


def _fifteen(rng: np.random.Generator, cell: str) -> str:
    old = len(cell) == 18 and cell[6:8] == "19"  # nobody born later ever had fifteen digits
    return cell[:6] + cell[8:17] if old else cell


def _scientific(rng: np.random.Generator, cell: str) -> str:
    return f"{cell[0]}.{cell[1:6]}E+17" if len(cell) == 18 and cell[17] != "X" else cell


def _zeros(rng: np.random.Generator, cell: str) -> str:
    # A spreadsheet leaves alone what ends in X: that is text to it.
    return cell[:15] + "000" if len(cell) == 18 and cell[17] != "X" else cell


def _space(rng: np.random.Generator, cell: str) -> str:
    return (f" {cell}", f"{cell} ", f"{cell[:6]} {cell[6:14]} {cell[14:]}", f"'{cell}")[int(rng.integers(4))]


_SPOIL: dict[str, Callable[[np.random.Generator, str], str]] = {
    "space": _space,
    "full_width": lambda _, cell: cell.translate(_WIDE),
    "lower_x": lambda _, cell: cell.replace("X", "x"),
    "fifteen": _fifteen,
    "scientific": _scientific,
    "zeros": _zeros,
    "typo": _typo,
    "swap": _swap,
    "blank": lambda _, cell: "",
}
