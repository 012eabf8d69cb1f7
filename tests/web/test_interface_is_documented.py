"""Whoever writes a page finds every component in docs/interface.md, and on the patterns page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yice.web.ui import parts
from yice.web.ui.templatetags.ui import register

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs/interface.md").read_text("utf-8")
PATTERNS = (ROOT / "src/yice/web/ui/templates/ui/patterns.html").read_text("utf-8")
NOT_ON_THE_PAGE = {
    "shape",
    "refresh",
    "number",
    "no_print",
    "once",
    "request_number",  # stands where something failed
}  # marks inside other components, and what cannot be seen


@pytest.mark.parametrize("name", sorted(register.tags))
def test_every_tag_is_described(name: str) -> None:
    assert re.search(rf"{{% {name}\b", DOC)
    assert name in NOT_ON_THE_PAGE or re.search(rf"{{% {name}\b", PATTERNS)


@pytest.mark.parametrize("name", sorted(register.filters))
def test_every_filter_is_described(name: str) -> None:
    assert rf"\|{name}" in DOC
    assert name in NOT_ON_THE_PAGE or f"|{name}" in PATTERNS


@pytest.mark.parametrize(
    "part", [parts.Row, parts.Entry, parts.Reason, parts.Figure, parts.Chart, parts.Tab, parts.Step]
)
def test_every_part_is_described_with_its_fields(part: type) -> None:
    fields = ", ".join(part.__dataclass_fields__)
    assert f"{part.__name__}({fields})" in DOC
