"""The columns of an export in the order that a place wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from django.conf import settings

from yice.identifiers.division import ancestors
from yice.terms.errors import Problem
from yice.terms.messages import Message

OURS = Path(__file__).with_name("orders.yaml")
Orders = Mapping[str, Mapping[str, Sequence[str]]]


def order(name: str, present: Sequence[str], areas: Iterable[str] = ()) -> list[str]:
    """The columns of `name` to write, of those `present`; `areas` are where the reader works, nearest line first."""
    for source in (_site(), _read(OURS)):
        lines = source.get(name, {})
        for code in areas:
            for one in (code, *reversed(ancestors(code))):
                if one in lines:
                    return _kept(lines[one], present)
        if lines.get("default"):
            return _kept(lines["default"], present)
    return list(present)


def _kept(line: Sequence[str], present: Sequence[str]) -> list[str]:
    return [column for column in line if column in present] or list(present)


def _site() -> Orders:
    path = Path(settings.YICE_COLUMNS)
    return _read(path) if path.is_file() else {}


def _read(path: Path) -> Orders:
    try:
        found: Any = yaml.safe_load(path.read_text("utf-8")) or {}
        if all(isinstance(line, list) for lines in found.values() for line in lines.values()):
            return cast(
                Orders, {name: {str(k): v for k, v in lines.items()} for name, lines in found.items()}
            )
    except (yaml.YAMLError, AttributeError, UnicodeDecodeError):
        pass
    raise Problem(
        "columns-file",
        Message("导出栏目的设置文件 {name} 读不懂。", name=path.name),
        fix=Message("请系统管理员照 orders.yaml 的写法改正：导出名、区划代码、栏目名的列表。"),
    )
