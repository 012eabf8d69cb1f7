"""Rows of lists that are nobody of the register for certain, with the likely reason."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from yice.exchange.look.facts import HOLDERS, Linked
from yice.exchange.look.link import MAYBE, NONE, SAME, SOUND
from yice.exchange.look.report import Unmatched
from yice.exchange.look.wording import say
from yice.identifiers import masking


def tell(lists: list[Linked], registry: pa.Table) -> tuple[list[Unmatched], dict[str, int], list[Unmatched]]:
    """Rows worth a look, the most telling first; how many more are simply strangers, by file; deaths to check."""
    rows = registry["row"].to_pylist()
    found: list[Unmatched] = []
    deaths: list[Unmatched] = []
    outsiders: dict[str, int] = {}
    for one in lists:
        death = one.kind.startswith("deaths")
        wanted = one.links.level <= (SAME - 1 if death else MAYBE)
        at = np.flatnonzero(wanted)
        if not len(at):
            continue
        part = one.table.take(pa.array(at))
        kinds = part["id_kind"].to_pylist()
        names = part["name"].to_pylist()
        numbers = [
            number or text
            for number, text in zip(
                part["id_number"].to_pylist(),
                part["id_written"].to_pylist() if "id_written" in part.column_names else [None] * len(at),
                strict=True,
            )
        ]
        seen: set[tuple[str, str | None]] = set()
        for place, kind, name, number, row in zip(
            at.tolist(), kinds, names, numbers, part["row"].to_pylist(), strict=True
        ):
            if (name, number) in seen:
                continue  # the same person in each month of a payroll is told once
            seen.add((name, number))
            level, person = int(one.links.level[place]), int(one.links.person[place])
            if level == NONE and one.kind not in HOLDERS:
                outsiders[one.title] = outsiders.get(one.title, 0) + 1
                continue
            reason, weight = _reason(one, kind, level, one.links.how[place])
            entry = Unmatched(
                one.title,
                one.kind,
                row,
                name or "",
                masking.id_number(number),
                reason,
                rows[person] if level else None,
                weight,
            )
            (deaths if death else found).append(entry)
    found.sort(key=lambda entry: (-entry.weight, entry.file, entry.row))
    return found, outsiders, deaths


def _reason(one: Linked, kind: str, level: int, how: str) -> tuple[str, int]:
    payroll = one.kind in HOLDERS
    if how == "id_other_name":
        return say("身份证号与登记册相同，姓名不同：可能是改名、别字，或填了收款人"), 3
    if how in ("broken_id_and_name", "birth_and_name"):
        return say("姓名相同，号码残缺或差一位，很可能是同一人"), 2
    if level == MAYBE:
        return say("与登记册里的人同名，号码缺失、有错或只差一两位：可能是同一人"), 2
    if kind in SOUND:
        return say(
            "号码有效，但登记册里没有这个人：可能是外县户籍、证已注销或未录入登记册"
        ), 4 if payroll else 1
    return (
        {
            "damaged": say("号码被表格软件截断，登记册里也没有同名同号段的人"),
            "none": say("没有号码，登记册里没有同名的人"),
            "bad_check": say("号码通不过校验，登记册里没有同名且号码相近的人"),
            "bad_date": say("号码里的出生日期不存在，登记册里没有同名且号码相近的人"),
        }.get(kind, say("号码无法识别，登记册里没有同名的人")),
        3 if payroll else 0,
    )
