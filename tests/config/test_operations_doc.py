"""Every setting is described for who runs a site, and nothing is described that is not there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_FROM_OUTSIDE = {
    "YICE_NAVIGATION",
    "YICE_OPENID",
    "YICE_TEST_DATABASE",
}  # settings of the code itself, and of its tests


def test_the_settings_in_the_code_are_those_in_the_guide() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src/yice").rglob("*.py"))
    used = set(re.findall(r"YICE_[A-Z]+(?:_[A-Z]+)*", source)) - NOT_FROM_OUTSIDE
    used |= {f"YICE_{name}_KEY" for name in re.findall(r'secret\("([A-Z]+)"\)', source)}
    told = set(re.findall(r"`(YICE_[A-Z_]+)`", (ROOT / "docs/operations.md").read_text("utf-8")))
    assert used == told
