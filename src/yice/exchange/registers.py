"""A register of organisations, posts or places as a file: columns by the pack's own words, values by its codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yice.exchange.files import read
from yice.exchange.vocabulary import fold_heading
from yice.identifiers.division import normalise
from yice.network.models import Of
from yice.network.services import Row
from yice.rules.model import Fact, Plan
from yice.rules.targets.sheet import KINDS
from yice.rules.values import encode
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

HEADS = {
    "kind": ("种类", "类别", "类型", "岗位", "kind"),
    "name": ("名称", "机构名称", "设施名称", "岗位名称", "name"),
    "area": ("区划代码", "地区代码", "所在地代码", "area"),
}
MOST = 200  # problems told of one file
_BETWEEN = re.compile(r"[;；、,，/]\s*")


def register_rows(path: Path, plan: Plan, of: Of) -> list[Row]:
    """The rows of a file. Raises Problems with the row of every value that the pack does not know."""
    sheet = read(path).sheets[0]
    facts = {name: fact for name, fact in plan.facts.items() if fact.of == of.value and fact.derive is None}
    columns = _columns(sheet.headers, facts, of)
    values = {name: sheet.columns[at].to_pylist() for name, at in columns.items()}
    problems: list[Problem] = []
    rows = []
    for number, line in enumerate(zip(*values.values(), strict=True)):
        told = dict(zip(values, line, strict=True))
        try:
            rows.append(_row(told, facts, of))
        except Problem as problem:
            row = int(sheet.rows[number])
            what = Message("第 {row} 行：{problem}", row=row, problem=str(problem.what))
            problems.append(Problem(problem.code, what, fix=problem.fix, field="file"))
    if problems:
        raise Problems(problems[:MOST])
    return rows


def _columns(headers: list[str], facts: Mapping[str, Fact], of: Of) -> dict[str, int]:
    """Which column holds what: the three that every register has, then facts by name or label."""
    kind_fact = KINDS.get(of.value)
    names = {fold_heading(head): name for name, heads in HEADS.items() for head in heads}
    for name, fact in facts.items():
        if name != kind_fact:
            names |= {
                fold_heading(fact.label.zh): name,
                fold_heading(fact.label.en): name,
                fold_heading(name): name,
            }
    found: dict[str, int] = {}
    for at, head in enumerate(headers):
        if (meant := names.get(fold_heading(head))) is not None:
            found.setdefault(meant, at)
    needed = ("area",) if of == Of.AREA else ("kind", "name", "area")
    lacking = [HEADS[name][0] for name in needed if name not in found]
    if lacking:
        what = Message("文件里没有这几列：{columns}。", columns="、".join(lacking))
        raise Problem("register-columns", what, field="file")
    return found


def _row(told: Mapping[str, str | None], facts: Mapping[str, Fact], of: Of) -> Row:
    area = normalise(told["area"] or "")
    kind_fact = KINDS.get(of.value)
    kind = str(_value(facts[kind_fact], told["kind"])) if kind_fact else ""
    name = (told.get("name") or "").strip()[:120] or area
    known = {
        fact: value
        for fact, text in told.items()
        if fact in facts and (value := _value(facts[fact], text)) is not None
    }
    return Row(kind, name, area, known)


def _value(fact: Fact, text: str | None) -> Any:
    """A cell as packs write the value: codes by their labels, several apart by 、 or ;."""
    if text is None or not text.strip():
        if fact.name in KINDS.values():
            raise Problem("register-kind", Message("没有写种类。"))
        return None
    words = _BETWEEN.split(text.strip()) if fact.type == "set" else [text.strip()]
    named = zip(fact.codes, fact.code_labels, strict=True)
    labels = {word: code for code, label in named for word in (label.zh, label.en)}
    read_as = [labels.get(word, word) for word in words if word]
    value: Any = read_as if fact.type == "set" else read_as[0]
    if fact.type == "bool":
        value = {"是": True, "否": False, "有": True, "无": False, "true": True, "false": False}.get(
            value, value
        )
    if fact.type == "int":
        value = int(value) if value.isascii() and value.isdigit() else value
    encode(fact, value)
    return value
