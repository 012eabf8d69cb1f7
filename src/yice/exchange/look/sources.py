"""The files given: what each is, what it is read as, and what was left aside."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import Normalised, Understanding, normalise, understand
from yice.exchange.columns.places import Places
from yice.exchange.files import Sheet, Workbook, read
from yice.exchange.vocabulary import kinds
from yice.identifiers import citizen_id
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.periods import Month

_TABLES = (".xlsx", ".xlsm", ".xls", ".csv", ".txt", ".tsv", ".parquet")
OWN_REPORTS = ("初步查看-", "first-look-")  # in either language


@dataclass
class Source:
    """One sheet that is read."""

    path: Path
    sheet: Sheet
    understanding: Understanding
    warnings: list[Problem]  # of the file and the sheet
    several: bool = False  # the file has further sheets that are read
    normalised: Normalised | None = None

    @property
    def kind(self) -> str:
        return self.understanding.kind

    @property
    def title(self) -> str:
        return f"{self.path.name} · {self.sheet.name}" if self.several else self.path.name


@dataclass
class Sources:
    """All sheets that are read, and those that are not, with the reason."""

    read: list[Source] = field(default_factory=list)
    aside: list[tuple[str, Problem]] = field(default_factory=list)

    def of(self, *names: str) -> list[Source]:
        return [source for source in self.read if source.kind in names]

    @property
    def lists(self) -> list[Source]:
        return [source for source in self.read if kinds()[source.kind].is_list]


def gather(given: Sequence[tuple[str | None, Path]], month: Month | None) -> Sources:
    """Read every file, with its kind where it was said. One that cannot be read is told with all the others."""
    found, problems = Sources(), []
    with ThreadPoolExecutor(
        2
    ) as pool:  # unpacking and reading leave the interpreter's lock for most of the time
        books = list(pool.map(_book, [path for _, path in given]))
    for (kind, path), book in zip(given, books, strict=True):
        if isinstance(book, Problem):
            problems.append(_of_file(book, path))
            continue
        taken = []
        for sheet in book.sheets:
            if sheet.hidden or not len(sheet):
                continue
            understood = understand(sheet, file_name=path.name, kind=kind, month=month)
            if understood.problems:
                understood.problems[:] = [_with_headings(one, sheet) for one in understood.problems]
                found.aside += [(f"{path.name} · {sheet.name}", problem) for problem in understood.problems]
                if len(book.sheets) == 1 or kind:
                    problems += [_of_file(problem, path) for problem in understood.problems]
                continue
            taken.append(Source(path, sheet, understood, [*book.warnings, *sheet.warnings]))
        for source in taken:
            source.several = len(taken) > 1
        if not taken and not any(_names(problem, path) for problem in problems):
            problems += [
                _of_file(problem, path) for name, problem in found.aside if name.startswith(path.name)
            ]
        found.read += taken
    if problems:
        raise Problems(problems)
    if not found.of("registry"):
        raise Problem(
            "look-no-registry",
            Message("给出的文件里没有残疾人登记册。"),
            why=Message("要先知道有哪些人，才能和名单比对。"),
            fix=Message("请把登记册（有姓名、身份证号或残疾人证号、残疾类别、残疾等级）放在第一个。"),
        )
    return found


def _book(path: Path) -> Workbook | Problem:
    try:
        return read(path)
    except Problem as problem:
        return problem


def files(arguments: Sequence[str]) -> list[tuple[str | None, Path]]:
    """`FILE`, `KIND=FILE` or a folder, which stands for the tables in it; every file once."""
    found: dict[Path, tuple[str | None, Path]] = {}
    for argument in arguments:
        kind, path = _argument(argument)
        for one in _tables(path) if path.is_dir() else [path]:
            found.setdefault(one.resolve(), (kind, one))
    return list(found.values())


def _tables(folder: Path) -> list[Path]:
    """The tables of a folder by name: not what Excel has open, and not the reports of an earlier look."""
    names = sorted(one for one in folder.iterdir() if one.is_file() and one.suffix.lower() in _TABLES)
    tables = [one for one in names if not one.name.startswith(("~$", ".", *OWN_REPORTS))]
    if not tables:
        raise Problem(
            "look-empty-folder",
            Message("文件夹 {name} 里没有表格文件。", name=folder.name or str(folder)),
            why=Message("只看文件夹里的 .xlsx、.xls、.csv 和 .parquet，不看下一级文件夹。"),
            fix=Message("请把登记册和名单放在这个文件夹里，或直接写出文件名。"),
        )
    return tables


def _with_headings(problem: Problem, sheet: Sheet) -> Problem:
    """What stood in the header, so that the officer sees what the machine saw; never a person's row."""
    if problem.code != "sheet-kind-unknown":
        return problem
    heads = [one for one in sheet.headers if one][:12] if sheet.header_row else []
    seen = (
        Message(
            "读到的表头（第 {row} 行）：{heads}。", row=sheet.header_row, heads=str(Message("、")).join(heads)
        )
        if heads
        else Message("前几行里没有找到表头。")
    )
    return Problem(
        problem.code,
        problem.what,
        where=problem.where,
        why=Message("{why}{seen}", why=problem.why, seen=seen),
        fix=problem.fix,
    )


def _argument(argument: str) -> tuple[str | None, Path]:
    kind, sign, path = argument.partition("=")
    if not sign or Path(argument).exists():
        return None, Path(argument)
    if kind not in kinds():
        raise Problem(
            "look-unknown-kind",
            Message("没有“{kind}”这种名单。", kind=kind),
            fix=Message(
                "可以用：{kinds}。", kinds="、".join(f"{one.id}（{one.label}）" for one in kinds().values())
            ),
        )
    return kind, Path(path)


def _of_file(problem: Problem, path: Path) -> Problem:
    where = Message("{file}：", file=path.name)
    if problem.where is not None:
        where = Message("{file}：{place}", file=path.name, place=problem.where)
    return Problem(problem.code, problem.what, where=where, why=problem.why, fix=problem.fix)


def _names(problem: Problem, path: Path) -> bool:
    return problem.where is not None and str(problem.where).startswith(path.name)


def latest_month(sources: Sources) -> Month | None:
    """The month the payrolls, else the other lists, are for: the latest any of them names."""
    for wanted in (("living_subsidy", "nursing_subsidy", "two_subsidies", "subsistence"), None):
        months = []
        for source in sources.lists:
            if wanted and source.kind not in wanted:
                continue
            months += [month for month in (_column_month(source), source.understanding.month) if month]
        if months:
            return max(months)
    return next((one.understanding.month for one in sources.of("registry") if one.understanding.month), None)


def _column_month(source: Source) -> Month | None:
    sheet = source.understanding.sheet or source.sheet
    columns = [sheet.columns[at] for at, name in source.understanding.mapping.items() if name == "month"]
    found = []
    for text in pc.unique(columns[0].drop_null()).to_pylist() if columns else ():
        try:
            found.append(Month.parse(text))
        except Problem:
            continue
    return max(found, default=None)


def area_of(sources: Sources) -> str | None:
    """The smallest area, county to province, that nine in ten of the register's codes lie in; None without codes."""
    counted: Counter[str] = Counter()
    for source in sources.of("registry"):
        sheet = source.understanding.sheet or source.sheet
        for at, name in source.understanding.mapping.items():
            if name == "hukou":
                heads = pc.utf8_slice_codeunits(sheet.columns[at].drop_null(), 0, 6)
                counted.update({one["values"]: one["counts"] for one in pc.value_counts(heads).to_pylist()})
    counted = Counter({code: count for code, count in counted.items() if code.isdecimal() and len(code) == 6})
    for width in (6, 4, 2):
        wider: Counter[str] = Counter()
        for code, count in counted.items():
            wider[code[:width]] += count
        for code, count in wider.most_common(1):
            if count * 10 >= counted.total() * 9:
                return code.ljust(12, "0")
    return None


def titles(sources: Sources) -> list[str]:
    """Everything that may name the place: titles, sheets, files of the register first."""
    ordered = [*sources.of("registry"), *sources.lists]
    return [text for one in ordered for text in (*one.sheet.titles, one.sheet.name, one.path.stem)]


def is_demo(sources: Sources) -> bool:
    """Whether most ids of the register are of the test range, which belong to nobody."""
    test = rows = 0
    for source in sources.of("registry"):
        sheet = source.understanding.sheet or source.sheet
        for at, name in source.understanding.mapping.items():
            if name in ("id_number", "certificate_number"):
                heads = pc.utf8_slice_codeunits(sheet.columns[at].drop_null(), 0, 6)
                test += pc.sum(pc.is_in(heads, pa.array(sorted(citizen_id.TEST_RANGE)))).as_py() or 0
                rows += len(heads)
    return test * 2 > rows > 0


def normalise_all(sources: Sources, *, as_of: dt.date, area: str, places: Places | None, demo: bool) -> None:
    """Type the columns of every sheet."""
    for source in sources.read:
        source.normalised = normalise(
            source.sheet,
            source.understanding,
            as_of=as_of,
            area=area,
            places=places,
            allow_test_range=demo,
        )
