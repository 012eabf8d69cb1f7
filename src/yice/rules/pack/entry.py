"""One element of a pack as written, read into its shape; what is wrong with it in words, at its place."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from yice.rules.pack.spec import Spec
from yice.rules.pack.yaml import Document, Path, problem_at
from yice.rules.words import Place
from yice.terms.errors import Problem
from yice.terms.messages import Message

S = TypeVar("S", bound=Spec)
Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Entry:
    """One element as written: its value and the places of all its parts, by path within the element."""

    id: str
    value: dict[str, Any]
    places: dict[Path, Place]
    keys: dict[Path, Place]
    starts: dict[Path, Place]
    pack: str = ""

    def text(self, *path: str | int) -> Place:
        """Where the text at `path` begins, after its quote."""
        return self.starts.get(path) or self.place(*path)

    def place(self, *path: str | int) -> Place:
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def key(self, *path: str | int) -> Place:
        return self.keys.get(path) or self.place(*path)

    def amended(self, change: Entry, inside: Sequence[str] = ()) -> Entry:
        """This element with the top keys of `change` in place of its own.

        Under the keys named in `inside` (maps of parts by id) only the keys that a part of `change` gives are
        replaced; a part that is null there is left out.
        """
        value, gone = {**self.value, **change.value}, set[Path]()
        for key, said in change.value.items():
            held = self.value.get(key)
            if key not in inside or not isinstance(said, dict) or not isinstance(held, dict):
                gone.add((key,))
                continue
            merged = dict(held)
            for part, new in said.items():
                if isinstance(new, dict) and isinstance(held.get(part), dict):
                    merged[part] = {**held[part], **new}
                    gone |= {(key, part, name) for name in new}
                else:
                    gone.add((key, part))
                    merged[part] = new
                    if new is None:
                        del merged[part]
            value[key] = merged

        def kept(places: dict[Path, Place]) -> dict[Path, Place]:
            return {path: place for path, place in places.items() if not _under(path, gone)}

        return Entry(
            self.id,
            value,
            kept(self.places) | change.places,
            kept(self.keys) | change.keys,
            kept(self.starts) | change.starts,
            change.pack,
        )


def _under(path: Path, gone: set[Path]) -> bool:
    return path == () or any(path[:depth] in gone for depth in (1, 2, 3))


def entries(document: Document, pack: str, problems: list[Problem]) -> Iterator[Entry]:
    """The elements of a file that maps ids to elements."""
    if document.value is None:
        return
    if not isinstance(document.value, dict):
        problems.append(problem_at(document.place(()), "pack-shape", Message("这里应是“编号: 内容”的映射。")))
        return
    parts: tuple[dict[str, dict[Path, Place]], ...] = tuple(
        {name: {} for name in document.value} for _ in range(3)
    )
    for target, found in zip(parts, (document.places, document.keys, document.starts), strict=True):
        for path, place in found.items():
            if len(path) > 1:
                target[str(path[0])][path[1:]] = place
    places, keys, starts = parts
    for name, value in document.value.items():
        if not isinstance(value, dict):
            what = Message("{name} 的内容应是映射。", name=name[:60])
            problems.append(problem_at(document.place((name,)), "pack-shape", what))
            continue
        yield Entry(name, value, {(): document.keys[(name,)]} | places[name], keys[name], starts[name], pack)


def single(document: Document, pack: str, problems: list[Problem]) -> Entry | None:
    """The one element that a file is."""
    if not isinstance(document.value, dict):
        problems.append(problem_at(document.place(()), "pack-shape", Message("这个文件的内容应是映射。")))
        return None
    places = {(): Place(document.file, 1, 1)} | document.places
    return Entry(document.file, document.value, places, document.keys, document.starts, pack)


def read(shape: type[S], entry: Entry, problems: list[Problem]) -> S | None:
    """Read one element strictly; what is wrong with it is added to `problems`."""
    try:
        return shape.model_validate(entry.value)
    except ValidationError as error:
        told: set[Place] = set()
        for detail in error.errors(include_url=False, include_input=False):
            problem, place = _told(shape, entry, detail)
            if place not in told:  # a value of several possible kinds gives an error for each kind
                told.add(place)
                problems.append(problem)
        return None


_KINDS = {
    "string_type": "文字",
    "int_type": "整数",
    "int_from_float": "整数",
    "bool_type": "true 或 false",
    "date_type": "日期，如 2020-06-30",
    "list_type": "列表",
    "dict_type": "映射",
    "model_type": "映射",
    "decimal_type": "数",
}


def _told(shape: type[Spec], entry: Entry, detail: Any) -> tuple[Problem, Place]:
    kind: str = detail["type"]
    path, tail = _path(entry.value, detail["loc"])
    name = str(tail or (path[-1] if path else entry.id))
    if kind == "missing":
        place = entry.key(*path)
        return problem_at(place, "pack-missing", Message("缺少 {name}。", name=name)), place
    if kind == "extra_forbidden":
        place = entry.key(*path)
        near = difflib.get_close_matches(str(path[-1]), _fields(shape, detail["loc"][:-1]), 1)
        fix = Message("是否想写 {near}？", near=near[0]) if near else Message("可用的键见 yice pack schema。")
        return problem_at(
            place, "pack-unknown-key", Message("不认识键 {name}。", name=str(path[-1])[:60]), fix
        ), place
    in_key = detail["loc"][-1:] == ("[key]",)
    place = entry.key(*path) if in_key else entry.place(*path)
    context = detail.get("ctx", {})
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        what = Message("{name} 只能是：{expected}。", name=name, expected=expected)
    elif kind in _KINDS:
        what = Message("{name} 应是{kind}。", name=name, kind=Message(_KINDS[kind]))
        if kind == "string_type":
            return problem_at(place, "pack-value", what, Message("编码和数字作文字用时请加引号。")), place
    elif kind == "string_pattern_mismatch":
        what = Message(
            "{name} 的写法不对，应符合 {pattern}。", name=name, pattern=str(context.get("pattern"))
        )
    elif kind.startswith(("string_too", "too_", "greater_than", "less_than")):
        what = Message("{name} 超出允许的长度或范围。", name=name)
    else:
        what = Message("{name} 的值不合要求（{detail}）。", name=name, detail=str(detail["msg"])[:120])
    return problem_at(place, "pack-value", what), place


def _path(value: Any, loc: Loc) -> tuple[Loc, str | int | None]:
    """The part of an error's location that stands in the file, and the missing name after it, if any."""
    path: list[str | int] = []
    tail: str | int | None = None
    for step in loc:
        if (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        ):
            value = value[step]  # type: ignore[index]
        else:  # the name of one kind of a union, or the key that is missing
            tail = step
            continue
        path.append(step)
        tail = None
    return tuple(path), tail


def _fields(shape: Any, loc: Sequence[str | int]) -> list[str]:
    """The keys that may stand at `loc` within a shape."""
    for step in loc:
        members = _members(shape)
        model = next((m for m in members if isinstance(m, type) and issubclass(m, BaseModel)), None)
        if model is not None and step in model.model_fields:
            shape = model.model_fields[str(step)].annotation
            continue
        inner = next((m for m in members if get_origin(m) in (dict, list)), None)
        if inner is not None:
            shape = get_args(inner)[-1]
    model = next((m for m in _members(shape) if isinstance(m, type) and issubclass(m, BaseModel)), None)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _members(shape: Any) -> list[Any]:
    if get_origin(shape) is Annotated:
        return _members(get_args(shape)[0])
    if get_origin(shape) in (Union, types.UnionType):
        return [member for part in get_args(shape) for member in _members(part)]
    return [shape]
