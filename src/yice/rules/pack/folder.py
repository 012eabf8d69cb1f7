"""A pack's folder, read with a guard: nothing outside it, no links, no programs, bounded in files and bytes."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yice.rules.pack.yaml import Document, problem_at, read_yaml
from yice.rules.words import Place
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

MAX_FILE_BYTES = 1 << 20
MAX_PACK_BYTES = 20 << 20
MAX_FILES = 2000
MAX_ROWS = 100_000
MAX_CELL = 500
MAX_COLUMNS = 20
MAX_EXTENDS = 8
MAX_VALUES = 300_000  # of all YAML files of a pack together
PACK_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

TARGETS = ("targets.yaml", "norms.yaml", "quotas.yaml")
FILES = (
    "pack.yaml",
    "sources.yaml",
    "facts.yaml",
    "settings.yaml",
    "lists.yaml",
    "slots.yaml",
    "scales.yaml",
    *TARGETS,
)
FOLDERS = {
    "groups": ".yaml", "benefits": ".yaml", "services": ".yaml", "forms": ".yaml", "papers": ".yaml", "cases": ".yaml",
    "targets": ".yaml", "questionnaires": ".yaml", "tables": ".csv",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a table: the cells by column name and where each stands."""

    cells: dict[str, str]
    place: Place


class Folder:
    """The files of one pack, read once into memory. `shown` is how its paths are written in messages."""

    def __init__(self, root: Path, shown: str = "") -> None:
        self.root, self.shown = root, shown
        self.files: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self._values = 0
        if not root.is_dir():
            raise Problem(
                "pack-folder",
                Message("找不到策略包文件夹 {path}。", path=str(root)),
                fix=Message("请给出含有 pack.yaml 的文件夹。"),
            )
        self._read()
        if "pack.yaml" not in self.files and not self.problems:
            what = Message("策略包里没有 pack.yaml。")
            fix = Message("用 yice pack new 新建一个，或检查文件夹是否给对。")
            self.problems.append(problem_at(self.place("pack.yaml"), "pack-missing", what, fix))

    def place(self, name: str, line: int = 1, column: int = 1) -> Place:
        return Place(self.shown + name, line, column)

    def digest(self, into: hashlib._Hash) -> None:
        """Feed every file, in the order of its name, to a hash."""
        for name in sorted(self.files):
            content = self.files[name]
            into.update(f"{name}\0{len(content)}\0".encode() + content)

    def names(self, folder: str) -> list[str]:
        """The files in one of the pack's sub-folders, in order."""
        return sorted(name for name in self.files if name.startswith(folder + "/"))

    def yaml(self, name: str) -> Document | None:
        """Read a YAML file, or None where there is none or it is broken (the problems are kept)."""
        text = self._text(name)
        if text is None:
            return None
        try:
            document = read_yaml(text, self.shown + name)
        except Problems as error:
            self.problems += error.problems
            return None
        self._values += len(document.places)
        if self._values > MAX_VALUES:
            what = Message("策略包的内容超过 {limit} 项。", limit=MAX_VALUES)
            self.problems.append(problem_at(self.place(name), "pack-values", what))
            return None
        return document

    def table(self, name: str) -> tuple[tuple[str, ...], list[Row]] | None:
        """Read a CSV table: its column names and rows, or None where it is broken (the problems are kept)."""
        text = self._text(name)
        if text is None:
            return None
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = tuple(cell.strip() for cell in next(lines, []))
            if len(header) > MAX_COLUMNS:
                what = Message("表有 {got} 列，最多 {limit} 列。", got=len(header), limit=MAX_COLUMNS)
                self.problems.append(problem_at(self.place(name), "table-header", what))
                return None
            rows = list(self._rows(name, header, lines))
        except csv.Error as error:
            what = Message("这一行不是合法的 CSV（{detail}）。", detail=str(error))
            self.problems.append(problem_at(self.place(name, lines.line_num), "table-syntax", what))
            return None
        repeated = {column for column in header if not column or header.count(column) > 1}
        if not header or repeated:
            what = Message("表头要有列名，且不能重复。")
            self.problems.append(problem_at(self.place(name), "table-header", what))
            return None
        return header, rows

    def _rows(self, name: str, header: Sequence[str], lines: Iterator[list[str]]) -> Iterator[Row]:
        for count, cells in enumerate(lines):
            place = self.place(name, lines.line_num)  # type: ignore[attr-defined]
            if count >= MAX_ROWS:
                what = Message("表超过 {limit} 行。", limit=MAX_ROWS)
                self.problems.append(problem_at(place, "table-rows", what))
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header) or any(len(cell) > MAX_CELL for cell in cells):
                what = Message(
                    "这一行有 {got} 格，表头有 {want} 列（每格不超过 {limit} 字）。",
                    got=len(cells),
                    want=len(header),
                    limit=MAX_CELL,
                )
                self.problems.append(problem_at(place, "table-cells", what))
                continue
            if any(not cell.isprintable() for cell in cells):
                what = Message("格里有看不见的控制字符。")
                self.problems.append(problem_at(place, "table-cells", what, Message("请删去后重新输入。")))
                continue
            yield Row(dict(zip(header, (cell.strip() for cell in cells), strict=True)), place)

    def _text(self, name: str) -> str | None:
        content = self.files.get(name)
        if content is None:
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            what = Message("文件不是 UTF-8 编码。")
            self.problems.append(
                problem_at(self.place(name, line), "pack-encoding", what, Message("请另存为 UTF-8。"))
            )
            return None

    def _read(self) -> None:
        total = 0
        for name, entry in _walk(self.root, ""):
            if problem := self._refusal(name, entry):
                self.problems.append(problem)
                continue
            if not _read_here(name):
                continue
            size = entry.stat(follow_symlinks=False).st_size
            total += size
            if size > MAX_FILE_BYTES or total > MAX_PACK_BYTES or len(self.files) >= MAX_FILES:
                what = Message("策略包太大：每个文件不超过 1 MB，总共不超过 20 MB、2000 个文件。")
                self.problems.append(problem_at(self.place(name), "pack-size", what))
                return
            with open(entry.path, "rb") as stream:
                self.files[name] = stream.read(MAX_FILE_BYTES + 1)[:MAX_FILE_BYTES]

    def _refusal(self, name: str, entry: os.DirEntry[str]) -> Problem | None:
        """Why this file may not be in a pack, or None."""
        place = self.place(name)
        top, _, rest = name.partition("/")
        if entry.is_symlink() or not (
            entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)
        ):
            what = Message("策略包里不能有链接或特殊文件。")
            return problem_at(place, "pack-link", what, Message("请把文件本身放进来。"))
        is_file = entry.is_file(follow_symlinks=False)
        if (is_file and (name in FILES or _is_note(name))) or (not is_file and name in FOLDERS):
            return None
        if is_file and top in FOLDERS and "/" not in rest and rest.endswith(FOLDERS[top]):
            return None
        near = difflib.get_close_matches(name, [*FILES, *FOLDERS], 1)
        fix = Message("是否想写 {near}？", near=near[0]) if near else Message("可有的文件见 docs/packs.md。")
        return problem_at(place, "pack-file", Message("策略包里不认识 {name}。", name=name), fix)


def _is_note(name: str) -> bool:
    return "/" not in name and name.lower().endswith(".md")


def _read_here(name: str) -> bool:
    return name in FILES or ("/" in name and name.partition("/")[0] in FOLDERS)


def _walk(root: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry below `root`, names with forward slashes; links are given but never followed."""
    with os.scandir(root) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.name.startswith(".") or entry.name.endswith("~"):
            continue
        name = prefix + entry.name
        yield name, entry
        if entry.is_dir(follow_symlinks=False) and name in FOLDERS:
            yield from _walk(Path(entry.path), name + "/")


def parents(
    root: Path, folder: Folder, extends: Sequence[tuple[str, Place]], library: Path | None
) -> list[Path]:
    """The folders of the packs named in `extends`: siblings of this one (or in the library), by id only."""
    found = []
    for pack, place in extends:
        if not PACK_ID.fullmatch(pack):
            what = Message("extends 里要写策略包的编号，不能是路径：{pack}。", pack=pack[:60])
            folder.problems.append(problem_at(place, "pack-extends", what, Message("例如 extends: [cn]。")))
            continue
        homes = [root.parent / pack, *([library / pack] if library else [])]
        home = next((home for home in homes if home.is_dir() and not home.is_symlink()), None)
        if home is None:
            what = Message("找不到要继承的策略包 {pack}。", pack=pack)
            fix = Message("请把它的文件夹放在本包旁边。")
            folder.problems.append(problem_at(place, "pack-extends", what, fix))
            continue
        found.append(home)
    return found
