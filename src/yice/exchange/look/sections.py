"""The sections of the HTML report: (anchor, heading, content), or None where there is nothing to say."""

from __future__ import annotations

from yice.exchange.look.markup import Html, items, join, table, tag
from yice.exchange.look.report import KINDS, Report, kind_title
from yice.exchange.look.steps import cautions, steps
from yice.exchange.look.wording import say
from yice.terms.money import format_fen

SHOWN = 15  # rows of a table: enough to judge by; the rest stand in the workbook
Part = tuple[str, str, Html] | None


def number(count: int) -> str:
    return f"{count:,}"


def title(report: Report) -> str:
    return say(
        "{area}残疾人政策落实 · 初步查看（{month}）", area=report.area_name or report.area, month=report.month
    )


def summary(report: Report, names: bool) -> Part:
    """The answer, in plain words and five figures."""
    lists = [one for one in report.files if one.matched is not None]
    lead = say(
        "登记册里有 {people} 人可用，比对了 {lists} 份名单。发现 {found} 人有需要跟进的线索，另有 {asks} 条暂时无法判断。",
        people=number(report.people), lists=len(lists), found=number(report.people_found), asks=number(len(report.of("ask"))),
    )  # fmt: skip
    cards = tag(
        "ul",
        *(
            tag(
                "li",
                tag(
                    "a",
                    tag("span", number(len(report.of(kind))), class_="number"),
                    Html("<br>"),
                    tag("span", kind_title(kind), class_="name"),
                    tag("div", _card_note(report, kind), class_="small"),
                    href=f"#{kind}",
                ),
                class_=kind,
            )
            for kind in KINDS
        ),
        class_="cards",
    )
    caution = tag(
        "div",
        tag(
            "p",
            tag("strong", say("这些都是线索，不是结论。")),
            say(
                "每一条都要有人核实：应享未享的，上门告知、协助申请；应退未退的，交审批部门，先告知本人并听取说明。"
            ),
        ),
        class_="alert",
    )
    return (
        "summary",
        say("结论"),
        join(
            [
                _cautions(report),
                tag("p", lead),
                cards,
                caution,
                _whole(report),
            ]
        ),
    )


def _card_note(report: Report, kind: str) -> str:
    found = report.of(kind)  # type: ignore[arg-type]
    if kind == "gap":
        due = sum(one.due_fen or 0 for one in found)
        return say("每月约少领 {sum} 元", sum=format_fen(due)) if due else say("条件符合，名单上没有")
    if kind == "leak":
        paid = sum(one.paid_fen or 0 for one in found)
        return say("每月约 {sum} 元", sum=format_fen(paid)) if paid else say("名单上有，条件不符合")
    if kind == "duplicate":
        return say("当月领了不止一次，或两项不能同领")
    if kind == "amount":
        return say("发放金额与标准不同")
    return say("涉及 {people} 人，缺少关键信息", people=number(len({one.person.row for one in found})))


def _cautions(report: Report) -> Html:
    return join([tag("div", tag("p", one), class_="alert strong") for one in cautions(report)])


def _whole(report: Report) -> Html:
    """Said where nobody misses it: what silence was taken to mean."""
    whole = [one for one in report.files if one.whole]
    part = [one for one in report.files if one.whole is False]
    if not whole and not part:
        return Html("")
    said: list[object] = []
    if whole:
        said.append(
            tag("p", tag("strong", say("把这些名单当作全县（市、区）当月的完整名单：")), say("、").join(dict.fromkeys(one.kind_label for one in whole)),
                say("。名单上没有的人，就当作没有。如果哪一份并不完整，请加上 --not-whole 再看一次。")))  # fmt: skip
    if part:
        said.append(
            tag(
                "p",
                tag("strong", say("没有当作完整名单：")),
                say("、").join(dict.fromkeys(one.kind_label for one in part)),
                say("。名单上没有的人，按“不清楚”处理。"),
            )
        )
    return tag("div", *said, class_="alert")


def _benefits(report: Report) -> Html:
    rows = []
    for line in report.lines:
        cells: list[object] = [line.benefit]
        if line.group:
            cells.append(tag("div", line.group, class_="values"))
        if line.sample:
            cells += [" ", tag("span", say("示例标准"), class_="tag warn")]
        if not line.screened:
            cells += [" ", tag("span", say("没有收到发放名单"), class_="tag warn")]
        rows.append(
            [join(cells), number(line.eligible), number(line.receiving) if line.screened else "—",
             *(number(line.found.get(kind, 0)) for kind in KINDS)]
        )  # fmt: skip
    heads = [
        (say("待遇"), ""),
        (say("符合条件（人）"), "n"),
        (say("登记册中在领（人）"), "n"),
        *((kind_title(kind), "n") for kind in KINDS),
    ]
    note = tag("p", say("家庭待遇按户算一条线索。同一人可能涉及几项待遇。"), class_="sub")
    return join(
        [tag("h3", say("按待遇")), table(heads, rows, say("各项待遇的人数和线索数"), first=True), note]
    )


def _places(report: Report) -> Html:
    if len(report.townships) < 2:
        return Html("")
    most = (
        max(
            (sum(found.get(kind, 0) for kind in KINDS if kind != "ask") for _, _, found in report.townships),
            default=0,
        )
        or 1
    )
    rows = []
    for name, people, found in report.townships:
        work = sum(found.get(kind, 0) for kind in KINDS if kind != "ask")
        bar = tag("span", class_="bar", style=f"width:{work / most * 8:.2f}rem", aria_hidden="true")
        rows.append(
            [
                name,
                number(people),
                *(number(found.get(kind, 0)) for kind in KINDS),
                join([bar, " ", number(work)]),
            ]
        )
    heads = [
        (say("乡镇（街道）"), ""),
        (say("登记人数"), "n"),
        *((kind_title(kind), "n") for kind in KINDS),
        (say("前四项合计"), "bars"),
    ]
    return join(
        [tag("h3", say("按户籍乡镇（街道）")), table(heads, rows, say("各乡镇（街道）的线索数"), first=True)]
    )


def first(report: Report, names: bool) -> Part:
    """What to do first, and of what is missing the questions that decide most."""
    told: list[Html] = [join([tag("strong", one.what), one.how], " ") for one in steps(report)]
    if not told:
        return None
    parts = [items(told, "ol", class_="todo")]
    asks = [one for one in report.asks if not one.from_list][:8]
    if asks:
        rows = [[one.what, one.of_whom, number(one.people), say("、").join(one.benefits)] for one in asks]
        heads = [(say("要弄清什么"), ""), (say("向谁"), ""), (say("涉及人数"), "n"), (say("关系到"), "")]
        parts.append(table(heads, rows, say("无法判断的原因，涉及人数多的在前"), first=True))
    return "first", say("先做这几件事"), join(parts)


def where(report: Report, names: bool) -> Part:
    """The figures by benefit and by township."""
    return "where", say("各项待遇和各乡镇（街道）"), join([_benefits(report), _places(report)])
