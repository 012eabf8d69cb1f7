"""Why a row is not taken, and why a delivery waits for a yes, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from yice.exchange.vocabulary import kinds
from yice.terms.errors import Problem
from yice.terms.messages import Message, gettext_noop, texts
from yice.terms.periods import day

_REFUSED: dict[str, tuple[str, str]] = texts(
    {  # code → what, what to do
        "no-name": ("没有姓名。", "请补上姓名后重新导入。"),
        "no-number": ("身份证号和残疾人证号都没有，无法确定是谁。", "请补上其中一个。"),
        "no-household": ("没有户编号，也没有户主身份证号，不知道属于哪一户。", "请补上其中一个。"),
        "other-place": ("户籍地不在本次导入的区域内。", "请核对区划代码，或由户籍所在地导入。"),
        "unknown-place": ("户籍地代码在区划表中查不到。", "请核对代码，或先更新区划。"),
        "duplicate": ("与第 {other} 行是同一个证件号，内容也相同，只取第 {other} 行。", ""),
        "duplicate-differs": (
            "与第 {other} 行是同一个证件号，但内容不同，只取第 {other} 行。",
            "请核对哪一行是对的。",
        ),
        "id-bad_check": ("身份证号通不过校验，多半抄错了一位。", "请对照证件核对。"),
        "id-bad_date": ("身份证号里的出生日期不存在。", "请对照证件核对。"),
        "id-bad_area": ("身份证号的前两位不是任何省份。", "请对照证件核对。"),
        "id-damaged": ("身份证号的后几位已被电子表格改成 0，无法恢复。", "请从原表以文本格式重新导出。"),
        "id-test": ("这是测试用的身份证号，正式系统不接受。", "请对照证件核对。"),
    }
)
_PAUSED = texts(
    {
        "removals": "有 {count} 人不在新名册里（原有 {on_file} 人），比平常多。确认后他们会标为“已不在册”，记录保留。",
        "rekeyed": "有 {count} 人的证件号与在册的不同（姓名、性别、出生日期和户籍都相同）。确认后按更正证件号处理。",
        "same_file_nothing": "这个文件与 {date} 入库的一批完全相同，再入库什么也不会改变。",
        "same_file": "这个文件与 {date} 入库的一批完全相同，但那以后数据又有过变化。确认后会按这个文件再改一遍，请看下面的数字。",
        "older": "这份名册截至 {as_of}，比已入库的（{latest}）旧。确认后会用旧的内容替换较新的。",
        "other_kind": "这个文件看上去是“{kind}”。请核对有没有选错种类；选错了就放弃这一批，按对的种类重新导入。",
        "refused": "{read} 行里有 {count} 行没有通过，可能是列认错了，或选错了文件。请先看退回的原因。",
        "left": "上次名单上有 {before} 人，这次少了 {count} 人。",
        "fewer": "这份名单 {count} 行，同一月份已有一份 {before} 行的，确认后以这份为准。",
        "nobody": "没有一行对得上在册人员。请确认区域和名单种类没有选错。",
    }
)
WAIT = "写入约需 {seconds} 秒，期间其他人暂时不能保存（SQLite）。换用 PostgreSQL 就不必等。"


def refusal(code: str, **values: Any) -> Problem:
    """What is wrong with a refused row."""
    what, fix = _REFUSED.get(code, (gettext_noop("这一行读不懂。"), gettext_noop("请核对。")))
    return Problem(code, Message(what, **values), fix=Message(fix) if fix else None)


def as_json(problem: Problem) -> dict[str, Any]:
    """A problem as staging keeps it: source texts with their values, so that each reader gets their own language."""
    parts = {"where": problem.where, "what": problem.what, "why": problem.why, "fix": problem.fix}
    return {"code": problem.code} | {name: _told(part) for name, part in parts.items() if part is not None}


def from_json(kept: Mapping[str, Any]) -> Problem:
    """The problem again."""

    def part(name: str) -> Message | None:
        return Message(kept[name]["text"], **kept[name]["values"]) if name in kept else None

    what = part("what") or Message("请核对。")
    return Problem(kept["code"], what, where=part("where"), why=part("why"), fix=part("fix"))


def _told(message: Message) -> dict[str, Any]:
    values = {name: value if isinstance(value, int) else str(value) for name, value in message.values.items()}
    return {"text": message.text, "values": values}


def pause(entry: Mapping[str, Any]) -> Message:
    """The sentence for one reason to wait: {"code": …, numbers}."""
    if "problem" in entry:
        told = from_json(entry["problem"])
        return Message("{what} {why}要照样入库，须写明理由。", what=told.what, why=told.why or "")
    values = {name: value for name, value in entry.items() if name != "code"}
    if "kind" in values:
        known = kinds().get(values["kind"])
        values["kind"] = known.label if known else values["kind"]
    for name in ("date", "as_of", "latest"):
        if name in values:
            values[name] = day(dt.date.fromisoformat(values[name]))
    return Message.of(_PAUSED.get(str(entry["code"]), gettext_noop("请先核对。")), values)
