"""A service is refused with file, line and column for everything that would keep it from running."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack
from yice.terms.errors import Problems

PACK = """
id: trial
version: "1"
title: {zh: 试, en: trial}
authority: 岭前区残疾人联合会
period: {since: 2020-01-01}
areas: ["440799000000"]
"""
SOURCES = "DOC: {title: 试行办法, number: 岭前〔2020〕1号, date: 2020-01-01}\n"
FACTS = "needs_help: {type: bool, label: {zh: 需要帮助, en: needs help}}\n"
SETTINGS = """
check_days:
  value: 5
  says: {zh: 核实的天数, en: days to check}
  author: 编写组
  clause: DOC 二
"""
FORMS = """
request:
  title: {zh: 申请表, en: request}
  fields:
    kind: {type: code, label: {zh: 类别, en: kind}, codes: {hand: {zh: 帮手, en: hand}, other: {zh: 其他, en: other}}}
    needs_help: {fact: needs_help}
    why: {type: text, label: {zh: 说明, en: why}, only_if: {field: kind, in: [other]}}
    things: {type: set, label: {zh: 物品, en: things}, codes: {bed: {zh: 床, en: bed}, bar: {zh: 扶手, en: bar}}}
    cost: {type: money, label: {zh: 费用, en: cost}}
"""
SCALES = """
opinion: {title: {zh: 专业意见, en: opinion}, clause: DOC 四}
"""
SERVICES = """
help:
  title: {zh: 帮助, en: help}
  clause: DOC 一
  start: ask
  steps:
    ask:
      title: {zh: 申请, en: ask}
      clause: DOC 一
      who: applicant
      recorded_by: clerk@township
      duty: request
      form: request
      outcomes:
        asked: {says: {zh: 已申请, en: asked}, next: decide}
    decide:
      title: {zh: 决定, en: decide}
      clause: DOC 二
      who: federation@county
      duty: approve
      within: check_days
      form: request
      returns: ask
      blocks:
        true_need: {says: {zh: 确有需要, en: a need}, clause: DOC 二, outcomes: [yes], when: needs_help}
      outcomes:
        yes: {says: {zh: 同意, en: "yes"}, next: done}
        no: {says: {zh: 不同意, en: "no"}, next: refused, kind: refuse, notice: refusal}
  ends:
    done: {says: {zh: 办结, en: done}, kind: met}
    refused: {says: {zh: 不同意, en: refused}, kind: refused}
"""
FILES = {
    "pack.yaml": PACK, "sources.yaml": SOURCES, "facts.yaml": FACTS, "settings.yaml": SETTINGS,
    "scales.yaml": SCALES, "forms/all.yaml": FORMS, "services/help.yaml": SERVICES,
}  # fmt: skip


def load(folder: Path, **changed: str) -> Plan:
    root = folder / "trial"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text).lstrip(), "utf-8")
    return load_pack(root)


def told(folder: Path, **changed: str) -> str:
    with pytest.raises(Problems) as problems:
        load(folder, **changed)
    return str(problems.value)


def replaced(old: str, new: str, text: str = SERVICES) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_service_is_read_with_its_clause_and_its_setting(tmp_path: Path) -> None:
    service = load(tmp_path).services["help"]
    assert service.clause == "岭前〔2020〕1号 一"
    assert service.steps["decide"].within == 5
    assert [str(one) for one in service.steps["ask"].recorded_by] == ["clerk@township"]
    assert service.steps["decide"].outcomes["no"].next == ("refused",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("next: decide}", "next: decyde}", "help.yaml:14:51 没有定义 decyde。 是否想写 decide？"),
        ("who: federation@county", "who: federation@village", "help.yaml:18:12 federation 要写明哪一级"),
        ("who: federation@county", "who: mayor", "help.yaml:18:12 没有 mayor 这样的办理人"),
        ("recorded_by: clerk@township", "recorded_by: applicant", "代为登记的要是本系统的岗位"),
        ("      recorded_by: clerk@township\n", "", "help.yaml:9:12 applicant 不是本系统的岗位"),
        ("within: check_days", "within: czech_days", "help.yaml:20:15 czech_days 应是 settings.yaml 里值为整数的设置"),
        ("      form: request\n      returns", "      form: requests\n      returns", "没有定义 requests"),
        ("kind: refuse, notice: refusal", "notice: refusal", "审批的步骤要有一个不同意或停止的结果"),
        ("kind: refuse, notice: refusal", "kind: refuse", "不同意并办结的要有告知书"),
        ("when: needs_help", "when: needs_hulp", "没有叫 needs_hulp 的事实"),
        ("when: needs_help", "when: needs_help, plan: true", "一项前提只写一个"),
        ("when: needs_help", "done: decide", "步骤不能以自己为前提"),
        ("when: needs_help", "assessed: opinions", "没有定义 opinions"),
        ("when: needs_help", "among: {field: things, of: ask.cost}", "两个字段的类型要相同"),
        ("when: needs_help", "at_most: {field: cost, of: ask.price}", "没有字段 ask.price"),
        ("next: decide}", "next: refused}", "没有一条路走到步骤 decide"),
        ("next: done}", "next: ask}", "没有一条路走到结局 done"),
        ("      clause: DOC 二\n      who", "      who", "缺少 clause"),
        ("clause: DOC 一\n  start", "clause: PAPER 一\n  start", "没有文件 PAPER"),
        ("duty: request", "duty: requests", "duty 只能是"),
        ("duty: request\n", "duty: request\n      publishes: [kind]\n", "kind 不能公示"),
        ("kind: met}", "kind: met}\n    ask: {says: {zh: 甲, en: a}, kind: met}", "ask 既是步骤又是结局"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_said_at_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = told(tmp_path, help=replaced(old, new))
    assert said in text


def test_a_loop_without_an_end_is_named(tmp_path: Path) -> None:
    lost = SERVICES.replace("next: done}", "next: wait}").replace(
        "  ends:\n",
        "    wait:\n      title: {zh: 等, en: wait}\n      clause: DOC 三\n      who: clerk@township\n"
        "      outcomes:\n        on: {says: {zh: 等, en: on}, next: wait}\n  ends:\n",
    )
    text = told(tmp_path, help=lost)
    assert "从步骤 wait 走不到任何结局" in text and "没有一条路走到结局 done" in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fact: needs_help", "fact: needs_hulp", "没有叫 needs_hulp 的事实"),
        ("in: [other]", "in: [others]", "字段 kind 没有取值 others。 是否想写 other？"),
        ("field: kind", "field: sort", "表单里没有字段 sort"),
        ("type: money, label: {zh: 费用, en: cost}", "type: money", "字段要么写 fact，要么写 type 和 label"),
        ("type: money", "type: code", "code 和 set 类字段要有 codes"),
        ("en: cost}}", "en: cost}, sealed: true, publish: true}", "加密保存的字段不能公示"),
    ],
)
def test_a_form_is_checked_too(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in told(tmp_path, all=replaced(old, new, FORMS))


def test_bands_cover_every_score_once(tmp_path: Path) -> None:
    scale = """
    walk:
      title: {zh: 走, en: walk}
      clause: DOC 四
      items: {a: {says: {zh: 甲, en: a}, scores: [0, 5]}, b: {says: {zh: 乙, en: b}, scores: [0, 5, 10]}}
      bands: {low: {says: {zh: 低, en: low}, range: [0, 4]}, high: {says: {zh: 高, en: high}, range: [6, 15]}}
    """
    text = yaml.safe_dump(yaml.safe_load(scale), allow_unicode=True)
    assert "分档要不重不漏地盖住 0 到 15 分" in told(tmp_path, scales=text + SCALES.lstrip())


def test_a_pack_on_top_changes_one_key_of_one_step(tmp_path: Path) -> None:
    load(tmp_path)
    top = tmp_path / "top"
    (top / "services").mkdir(parents=True)
    (top / "pack.yaml").write_text(PACK.lstrip().replace("id: trial", "id: top\nextends: [trial]"), "utf-8")
    (top / "services" / "help.yaml").write_text(
        "help: {amends: trial, steps: {decide: {within: 3, returns: null}}}\n", "utf-8"
    )
    service = load_pack(top).services["help"]
    assert (service.steps["decide"].within, service.steps["decide"].returns) == (3, None)
    assert service.steps["decide"].form == "request"
    assert list(service.steps) == ["ask", "decide"]
