"""YAML as packs may use it: maps, lists and plain values, nothing that could run, point elsewhere or grow.

No tags, anchors or aliases; duplicate keys refused; depth, nodes and size limited. Every value keeps its place, so
that whatever is wrong with it can be said with file, line and column. Only `true`/`false`, whole and decimal
numbers and ISO dates are anything but text: `on`, `yes` and `no` stay words.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal

import yaml

from yice.rules.words import Place
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

Value = None | bool | int | Decimal | str | dt.date | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

MAX_DEPTH = 12
MAX_NODES = 100_000
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?\d+")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class Document:
    """What a file says, and where: `places` maps the path of each value (and `keys` of each key) to its place."""

    file: str
    value: Value = None
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    starts: dict[Path, Place] = field(default_factory=dict)  # first character of quoted and block texts

    def place(self, path: Path) -> Place:
        """The place of the value at `path`, or of the nearest thing around it."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1, 1))


def problem_at(place: Place, code: str, what: Message, fix: Message | None = None) -> Problem:
    """A problem in a pack, told with file:line:column in front."""
    return Problem(code, what, where=Message("{place}", place=str(place)), fix=fix)


def read_yaml(text: str, file: str) -> Document:
    """Read one file. Raises Problems; a file that is not well formed has exactly one, else all are told."""
    document, problems = Document(file), list[Problem]()
    for number, line in enumerate(text.split("\n"), start=1):
        if (found := _CONTROL.search(line)) is not None:
            what = Message("这里有看不见的控制字符（U+{code}）。", code=f"{ord(found[0]):04X}")
            raise Problems([problem_at(Place(file, number, found.start() + 1), "yaml-control", what)])
    try:
        _build(text, document, problems)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        detail = str(getattr(error, "problem", None) or "unreadable")
        raise Problems(
            [
                problem_at(
                    place,
                    "yaml-syntax",
                    Message("这里不是合法的 YAML（{detail}）。", detail=detail),
                    Message("请检查缩进是否为空格、冒号后是否有空格、引号和括号是否成对。"),
                )
            ]
        ) from None
    if problems:
        raise Problems(problems)
    return document


@dataclass
class _Open:
    """A list or map still being read."""

    path: Path
    value: list[Value] | dict[str, Value]
    key: str | None = None  # the map's key that waits for its value


def _build(text: str, document: Document, problems: list[Problem]) -> None:
    stack: list[_Open] = []
    nodes = 0
    file, lines = document.file, text.splitlines()
    for event in yaml.parse(text, Loader=_PARSER):
        mark = event.start_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        if isinstance(event, yaml.DocumentStartEvent) and document.places:
            problems.append(problem_at(place, "yaml-second", Message("一个文件里只能有一份内容。")))
            return
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            what = Message("策略包里不能用锚点（&）和别名（*）。")
            problems.append(problem_at(place, "yaml-alias", what, Message("请把内容直接写出来。")))
            return
        tag = getattr(event, "tag", None)
        if tag:
            what = Message("策略包里不能用标签 {tag}。", tag=str(tag)[:60])
            problems.append(problem_at(place, "yaml-tag", what, Message("请删去标签，只写值。")))
            return
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            continue
        nodes += 1
        if nodes > MAX_NODES:
            what = Message("这个文件的内容超过 {limit} 项。", limit=MAX_NODES)
            problems.append(problem_at(place, "yaml-nodes", what, Message("请拆成几个文件。")))
            return
        top = stack[-1] if stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            if not isinstance(event, yaml.ScalarEvent):
                problems.append(problem_at(place, "yaml-key", Message("键必须是一个词，不能是列表或映射。")))
                return
            _key(event.value, place, top, document, problems)
            continue
        value: Value
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, place, problems)
        else:
            if len(stack) >= MAX_DEPTH:
                what = Message("嵌套超过 {limit} 层。", limit=MAX_DEPTH)
                problems.append(problem_at(place, "yaml-depth", what, Message("请把内容写平一些。")))
                return
            value = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = _put(value, top, document)
        document.places[path] = place
        if isinstance(event, yaml.ScalarEvent) and event.style:
            document.starts[path] = _start(event, place, lines)
        if isinstance(value, dict | list):
            stack.append(_Open(path, value))


def _key(key: str, place: Place, top: _Open, document: Document, problems: list[Problem]) -> None:
    path = (*top.path, key)
    if key == "<<":
        what = Message("策略包里不能用合并键 <<。")
        problems.append(problem_at(place, "yaml-merge", what, Message("请把内容写全。")))
    if path in document.keys:
        first = document.keys[path]
        what = Message("键 {key} 重复，第一次在第 {line} 行。", key=key[:60], line=first.line)
        problems.append(problem_at(place, "yaml-duplicate-key", what, Message("请删去或改名其中一个。")))
    document.keys.setdefault(path, place)
    top.key = key


def _put(value: Value, top: _Open | None, document: Document) -> Path:
    """Hang the value where it belongs and return its path."""
    if top is None:
        document.value = value
        return ()
    if isinstance(top.value, list):
        top.value.append(value)
        return (*top.path, len(top.value) - 1)
    key, top.key = top.key or "", None
    top.value.setdefault(key, value)
    return (*top.path, key)


def _start(event: yaml.ScalarEvent, place: Place, lines: list[str]) -> Place:
    """Where the text itself begins: after the quote, or on the line after `|` or `>`."""
    if event.style in ("'", '"'):
        return Place(place.file, place.line, place.column + 1)
    below = lines[place.line] if place.line < len(lines) else ""
    return Place(place.file, place.line + 1, len(below) - len(below.lstrip()) + 1)


def _scalar(event: yaml.ScalarEvent, place: Place, problems: list[Problem]) -> Value:
    text: str = event.value
    if event.style:
        return text
    if text in ("", "null", "~"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.fullmatch(text):
        digits = text.lstrip("+-")
        if len(digits) > 15 or (len(digits) > 1 and digits[0] == "0"):
            what = Message("{text} 会被当成数字而改变。", text=text[:40])
            problems.append(problem_at(place, "yaml-number", what, Message("如果是编码，请加引号。")))
            return text
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text[:40])
    if _DATE.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            what = Message("{text} 不是日期。", text=text)
            problems.append(
                problem_at(place, "yaml-date", what, Message("日期写作 2020-06-30；如果是文字，请加引号。"))
            )
    return text
