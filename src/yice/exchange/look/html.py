"""The report as one HTML file: no script, nothing fetched, readable on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from yice.exchange.look import section_files, section_findings, sections
from yice.exchange.look.markup import Html, items, join, tag, text
from yice.exchange.look.report import Report
from yice.exchange.look.wording import say

_SECTIONS: tuple[Callable[[Report, bool], tuple[str, str, Html] | None], ...] = (
    sections.summary,
    sections.first,
    sections.where,
    *(section_findings.of_kind(kind) for kind in ("gap", "leak", "duplicate", "amount", "ask")),
    section_files.unmatched,
    section_files.files,
    section_files.method,
)


def write_html(report: Report, path: Path, *, names: bool = False) -> None:
    """Write the report. Names are masked unless `names`; ids always are."""
    parts = [part for section in _SECTIONS if (part := section(report, names)) is not None]
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    title = sections.title(report)
    body = [
        tag("a", say("跳到内容"), href="#main", class_="skip"),
        tag("header", *_head(report, title)),
        tag(
            "nav",
            items(tag("a", name, href=f"#{anchor}") for anchor, name, _ in parts),
            aria_label=say("目录"),
        ),
        tag(
            "main",
            *(
                tag(
                    "section",
                    tag("h2", name, id=f"{anchor}-h"),
                    content,
                    id=anchor,
                    aria_labelledby=f"{anchor}-h",
                )
                for anchor, name, content in parts
            ),
            id="main",
        ),
        tag("footer", *_foot(report)),
    ]
    lang = "en" if say("简体中文") != "简体中文" else "zh-Hans"
    page = (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{text(title)}</title><style>{style}</style></head>"
        f"<body>{join(body)}</body></html>\n"
    )
    path.write_text(page, encoding="utf-8")


def _head(report: Report, title: str) -> list[Html]:
    found = [tag("h1", title)]
    plan = say("依据：{plan}（{authority}）", plan=report.plan_title, authority=report.plan_authority)
    found.append(tag("p", say("截至 {day} 的情况", day=report.as_of), " · ", plan, class_="sub"))
    if report.demo:
        found.append(tag("p", say("演示数据：人、号码和金额都是虚构的"), class_="demo"))
    return found


def _foot(report: Report) -> list[Html]:
    return [
        tag(
            "p",
            say(
                "制作于 {day}。策略包 {pack} 第 {version} 版（{hash}）。本文件含个人信息，请按工作秘密保管，用完删除。",
                day=report.made,
                pack=report.plan_id,
                version=report.plan_version,
                hash=report.plan_hash,
            ),
        )
    ]
