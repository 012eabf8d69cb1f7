"""The sections of the HTML report that tell the findings of one kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from yice.exchange.look import excel_names
from yice.exchange.look.markup import Html, items, join, table, tag
from yice.exchange.look.report import Finding, Person, Report, kind_says, kind_title
from yice.exchange.look.sections import SHOWN, Part, number
from yice.exchange.look.wording import say
from yice.identifiers import masking
from yice.terms.money import format_fen


def of_kind(kind: str) -> Callable[[Report, bool], Part]:
    def section(report: Report, names: bool) -> Part:
        found = report.of(kind)  # type: ignore[arg-type]
        if not found:
            return kind, kind_title(kind), tag("p", say("没有发现。"))
        by_benefit: dict[str, list[Finding]] = defaultdict(list)
        for one in found:
            by_benefit[one.benefit].append(one)
        parts: list[Html] = [tag("p", kind_says(kind))]
        for benefit, some in by_benefit.items():
            parts.append(tag("h3", say("{benefit}：{count} 条", benefit=benefit, count=number(len(some)))))
            parts.append(_common(kind, some))
            parts.append(_findings(kind, some, names))
            if len(some) > SHOWN:
                parts.append(
                    tag(
                        "p",
                        say(
                            "这里列出前 {shown} 条，全部 {count} 条在 Excel 文件的“{sheet}”表里。",
                            shown=SHOWN,
                            sheet=excel_names.of_kind(kind),
                            count=number(len(some)),
                        ),
                        class_="more",
                    )
                )
        return kind, say("{kind}（{count}）", kind=kind_title(kind), count=number(len(found))), join(parts)

    return section


def _common(kind: str, found: list[Finding]) -> Html:
    """What is the same for all rows of a table is said once above it."""
    if kind == "gap":
        return join(
            [
                tag("p", found[0].reasons[0], "。"),
                tag("p", say("依据：{clauses}", clauses=say("；").join(found[0].clauses)), class_="sub"),
            ]
        )
    return Html("")


def _findings(kind: str, found: list[Finding], names: bool) -> Html:
    heads = [
        (say("登记册行"), "n"),
        (say("姓名"), "who"),
        (say("身份证号"), "id"),
        (say("情况"), "who"),
        (say("村（社区）"), "place"),
        (say("为什么"), "why"),
    ]
    if kind == "gap":
        heads.append((say("应领（元/月）"), "n"))
    elif kind in ("leak", "duplicate", "amount"):
        heads += [(say("当月已发（元）"), "n"), (say("名单里的位置"), "place")]
    else:
        heads.append((say("下一步"), ""))
    rows = []
    for one in found[:SHOWN]:
        who = one.person
        row: list[object] = [
            who.row,
            shown_name(who, names),
            Html(f'<span class="mask">{who.id_masked}</span>'),
            _about(who),
            who.village or who.township or who.area or "—",
            _why(kind, one),
        ]
        if kind == "gap":
            row.append(format_fen(one.due_fen) if one.due_fen is not None else "—")
        elif kind in ("leak", "duplicate", "amount"):
            row += [
                format_fen(one.paid_fen) if one.paid_fen is not None else "—",
                join([tag("div", place) for place in one.list_rows]) or "—",
            ]
        else:
            row.append(one.todo)
        rows.append(row)
    return table(heads, rows, kind_title(kind) + " · " + found[0].benefit, quiet=True)


def shown_name(person: Person, names: bool) -> str:
    return person.name if names else masking.name(person.name)


def _about(person: Person) -> Html:
    age = say("{age} 岁", age=person.age) if person.age is not None else ""
    return join(filter(None, (" ".join(filter(None, (person.sex, age))), person.disability)), " · ")


def _why(kind: str, one: Finding) -> Html:
    parts: list[Html] = []
    if kind == "gap":
        parts += [tag("div", reason) for reason in one.reasons[2:]]
    else:
        parts.append(items(one.reasons) if len(one.reasons) > 1 else join(one.reasons))
        if one.clauses and kind in ("leak", "duplicate"):
            parts.append(
                tag("div", say("依据：{clauses}", clauses=say("；").join(one.clauses)), class_="values")
            )
    parts.append(tag("div", say("；").join(value for value in one.values), class_="values"))
    return join(parts)
