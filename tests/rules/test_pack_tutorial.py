"""The tutorial in docs/packs.md is true: its blocks, put into a new pack, pass check and test."""

from __future__ import annotations

import re
from pathlib import Path

from yice.rules.pack import scaffold
from yice.rules.pack.cases import run_cases
from yice.rules.pack.check import lacks
from yice.rules.pack.loader import plan_of
from yice.rules.pack.written import read_pack

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    "sources.yaml",
    "groups/rehabilitation.yaml",
    "settings.yaml",
    "tables/rehabilitation_grant.csv",
    "benefits/rehabilitation_grant.yaml",
    "lists.yaml",
    "cases/rehabilitation.yaml",
]


def test_the_tutorial_ends_in_a_pack_that_passes(tmp_path: Path) -> None:
    tutorial = (ROOT / "docs" / "packs.md").read_text("utf-8").partition("\n## Files\n")[0]
    blocks = re.findall(r"```(?:yaml|csv)\n(.*?)```", tutorial, re.S)
    assert len(blocks) == len(FILES)
    pack = tmp_path / "cn-440799-2021"
    for path in scaffold.create(pack, extends="cn", area="440799000000"):
        if path.name != "pack.yaml":
            path.unlink()
    pack_yaml = pack / "pack.yaml"
    pack_yaml.write_text(pack_yaml.read_text("utf-8").replace("DOC 适用范围", "LQ-2021-8 第一条"), "utf-8")
    for name, block in zip(FILES, blocks, strict=True):
        (pack / name).write_text(block, "utf-8")
    written = read_pack(pack, ROOT / "packs")
    assert lacks(plan_of(written), written) == []
    results = run_cases(written)
    assert len(results) == 6
    assert [(result.name, result.differences) for result in results if not result.passed] == []
