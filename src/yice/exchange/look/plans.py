"""The plan to screen by: the one given, else the one that binds the area, else the national one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from yice.exchange.vocabulary.reading import library
from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack
from yice.rules.pack.written import front_page
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message


def choose(area: str, as_of: dt.date, given: Path | None) -> tuple[Plan, str]:
    """The plan, and how it came to be chosen: "given", "area" or "national"."""
    if given is not None:
        if not (given / "pack.yaml").is_file():
            raise Problem(
                "no-such-pack",
                Message("文件夹 {name} 里没有策略包。", name=given.name),
                why=Message("策略包是一个含 pack.yaml 的文件夹。"),
                fix=Message("请检查 --pack 的路径。"),
            )
        return load_pack(given, library=library()), "given"
    fitting: list[tuple[bool, int, str, Path]] = []
    for folder in sorted(library().glob("*/")):
        if not (folder / "pack.yaml").is_file():
            continue
        spec = front_page(folder)
        if spec is None:
            continue
        for bound in spec.areas:
            head = bound.rstrip("0")
            if head and area.startswith(head):
                running = spec.period.since is None or spec.period.since <= as_of
                running &= spec.period.until is None or as_of <= spec.period.until
                fitting.append((running, len(head), str(spec.period.since), folder))
    for *_, folder in sorted(fitting, reverse=True):
        try:
            return load_pack(folder), "area"
        except Problems:
            continue  # a plan that does not pass its own check decides nothing
    national = library() / "cn"
    if not (national / "pack.yaml").is_file():
        raise Problem(
            "no-packs",
            Message("找不到策略包。"),
            why=Message("没有政策规则就无法比对。"),
            fix=Message("请用 --pack 指明策略包文件夹，或在项目文件夹里运行。"),
        )
    return load_pack(national), "national"
