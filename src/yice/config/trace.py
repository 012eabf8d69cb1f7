"""Which duties of the catalogue are carried, which are only defined, which are not there yet. Found, not typed.

- `defined`: an element of a pack (group, benefit, target …) carries the duty's id as its own or as its `duty`.
- `carried`: it is defined, and docs/catalogue/carried.yaml names the code path that records reach by themselves and a
  test that speaks of the duty. Each of the three must exist; a line that names something else is a problem.
- `not yet`: neither.
"""

from __future__ import annotations

import ast
import csv
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yice.config.environment import PROJECT
from yice.rules.pack.yaml import Value, problem_at, read_yaml
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed

CATALOGUE = PROJECT / "docs/catalogue"
DUTIES, CARRIED = CATALOGUE / "duties.csv", CATALOGUE / "carried.yaml"
NOT_ELEMENTS = ("cases",)  # folders of a pack that speak of elements without being any
PARTS = ("element", "code", "test")
Mark = Literal["carried", "defined", "not yet"]
MARKS: tuple[Mark, ...] = ("carried", "defined", "not yet")


@dataclass(frozen=True)
class Duty:
    """One duty of the catalogue: what kind, for which part of the system, in which clause."""

    id: str
    priority: int
    kind: str
    system: str
    clause: str


@dataclass(frozen=True)
class Element:
    """A pack's element that carries out a duty."""

    pack: str
    id: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.pack}:{self.id}"


@dataclass(frozen=True)
class Carried:
    """What carries a duty: the element, the code as module:function, the test as file::test."""

    element: str
    code: str
    test: str


@dataclass(frozen=True)
class Traced:
    """A duty and what was found of it."""

    duty: Duty
    mark: Mark
    elements: tuple[Element, ...] = ()
    carried: Carried | None = None


def duties(path: Path = DUTIES) -> list[Duty]:
    """The catalogue, in its order."""
    if not path.is_file():
        raise Problem("trace-catalogue", Message("找不到条目清单 {path}。", path=path.name))
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Duty(row["id"], int(row["priority"]), row["kind"], row["system"], row["clause"])
            for row in csv.DictReader(stream)
        ]


def trace(packs: Path, problems: list[Problem], *, carried: Path = CARRIED) -> list[Traced]:
    """Every duty with its mark. `problems` takes what the list of carried duties says wrongly."""
    if not packs.is_dir():
        raise Problem(
            "pack-missing",
            Message("找不到策略包文件夹 {path}。", path=str(packs)),
            fix=Message("请给出放着各个策略包的文件夹，例如 packs。"),
        )
    every = duties()
    ids = {duty.id for duty in every}
    found: dict[str, list[Element]] = {}
    for duty, element in _elements(packs, ids):
        found.setdefault(duty, []).append(element)
    told = _carried(carried, ids, found, problems)
    return [
        Traced(
            duty,
            "carried" if duty.id in told else "defined" if duty.id in found else "not yet",
            tuple(found.get(duty.id, ())),
            told.get(duty.id),
        )
        for duty in every
    ]


def _elements(packs: Path, ids: set[str]) -> Iterator[tuple[str, Element]]:
    """Each element of each pack that names a duty of the catalogue."""
    for file in sorted(packs.glob("*/**/*.yaml")):
        pack, *folders = file.relative_to(packs).parts
        if folders[0] in NOT_ELEMENTS:
            continue
        name = "/".join(folders)
        document = read_yaml(file.read_text("utf-8"), name)
        if isinstance(document.value, dict):
            for id_, value in document.value.items():
                place = document.keys.get((id_,), document.place(()))
                for duty in sorted({id_, *_duties_of(value)} & ids):
                    yield duty, Element(pack, id_, name, place.line)


def _duties_of(value: Value) -> Iterator[str]:
    """The duties an element names: its own, and those of the steps of a service."""
    if not isinstance(value, dict):
        return
    for said in (value.get("duty"), value.get("duties")):
        yield from (one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str))
    steps = value.get("steps")
    for step in steps.values() if isinstance(steps, dict) else ():
        yield from _duties_of({"duties": step.get("duties")} if isinstance(step, dict) else None)


def _carried(
    path: Path, ids: set[str], found: Mapping[str, list[Element]], problems: list[Problem]
) -> dict[str, Carried]:
    """The duties that are carried: those of whose line every part exists."""
    document = read_yaml(path.read_text("utf-8"), path.name)
    told = {}
    for duty, value in document.value.items() if isinstance(document.value, dict) else ():
        wrong = list(_wrong(duty, value, ids, found))
        problems += [problem_at(document.keys[(duty,)], "trace-carried", what) for what in wrong]
        if not wrong and isinstance(value, dict):
            told[duty] = Carried(*(str(value[part]) for part in PARTS))
    return told


def _wrong(duty: str, value: Value, ids: set[str], found: Mapping[str, list[Element]]) -> Iterator[Message]:
    if duty not in ids:
        yield Message("条目清单里没有 {duty}。", duty=duty)
        return
    if not isinstance(value, dict) or set(value) != set(PARTS):
        yield Message("{duty} 要写 {parts} 三项。", duty=duty, parts=listed(PARTS))
        return
    if str(value["element"]) not in map(str, found.get(duty, [])):
        yield Message("{duty}：策略包里没有承担它的 {element}。", duty=duty, element=value["element"])
    if not _is_code(str(value["code"])):
        yield Message("{duty}：没有这段程序 {code}。", duty=duty, code=value["code"])
    if not _speaks_of(str(value["test"]), str(value["element"]).partition(":")[2]):
        yield Message("{duty}：没有提到它的测试 {test}。", duty=duty, test=value["test"])


def _is_code(path: str) -> bool:
    """Whether `module:function` is there to be called."""
    module, _, name = path.partition(":")
    if not module.startswith("yice."):
        return False
    try:
        return callable(getattr(importlib.import_module(module), name, None))
    except ImportError:
        return False


def _speaks_of(path: str, element: str) -> bool:
    """Whether `file::test` is a test, in a file that asks for the element by its id: without it, it fails."""
    file, _, name = path.partition("::")
    source = PROJECT / file
    if not file.startswith("tests/") or not source.is_file():
        return False
    tree = ast.parse(source.read_text("utf-8"))
    tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return name.startswith("test_") and name in tests and element in texts
