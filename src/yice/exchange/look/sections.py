"""The sections of the HTML report: (anchor, heading, content), or None where there is nothing to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from yice.exchange.look.markup import Html, items, join, table, tag
from yice.exchange.look.report import KINDS, FileRead, Finding, Person, Report, kind_says, kind_title
from yice.exchange.look.wording import say, sentence
from yice.identifiers import masking
from yice.terms.money import format_fen

SHOWN = 40  # rows of a table; the rest stand in the workbook
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
                tag("p", lead),
                cards,
                caution,
                _ended(report),
                _whole(report),
                _benefits(report),
                _places(report),
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


def _ended(report: Report) -> Html:
    if not report.ended:
        return Html("")
    return tag(
        "div",
        tag(
            "p",
            say(
                "这份方案的执行期是{period}，已经结束：按最后一天的规定查看，只供参考。",
                period=report.plan_period,
            ),
        ),
        class_="alert",
    )


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
    """What to do first: the few things that decide most."""
    steps: list[Html] = []
    if report.of("gap"):
        steps.append(
            join(
                [
                    tag("strong", say("告知 {count} 条应享未享的人。", count=number(len(report.of("gap"))))),
                    say("Excel 里按村（社区）排好，可以直接分给专职委员。"),
                ]
            )
        )
    serious = len(report.of("leak")) + len(report.of("duplicate")) + len(report.of("amount"))
    if serious:
        steps.append(
            join(
                [
                    tag(
                        "strong",
                        say("把 {count} 条应退、重复和金额线索交给审批部门。", count=number(serious)),
                    ),
                    say("不交给村里，也不直接停发。"),
                ]
            )
        )
    steps += [
        join(
            [
                tag("strong", say("索取：{title}。", title=name)),
                say("向{sender}索取。有了它才能知道：{what}。", sender=sender or say("主管部门"), what=what),
            ]
        )
        for name, sender, what in report.missing_lists
    ]
    asks = [one for one in report.asks if not one.from_list][:8]
    if asks:
        rows = [[one.what, one.of_whom, number(one.people), say("、").join(one.benefits)] for one in asks]
        steps.append(
            join([tag("strong", say("补齐最能解决问题的信息：")),
                  table([(say("要弄清什么"), ""), (say("向谁"), ""), (say("涉及人数"), "n"), (say("关系到"), "")], rows, say("无法判断的原因，涉及人数多的在前"))])
        )  # fmt: skip
    if report.deaths_to_check:
        steps.append(
            tag(
                "strong",
                say(
                    "核实 {count} 行死亡名单：可能是登记册里的人，但号码或姓名对不上。",
                    count=len(report.deaths_to_check),
                ),
            )
        )
    return ("first", say("先做这几件事"), items(steps, "ol", class_="todo")) if steps else None


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
                            "这里列出前 {shown} 条，全部 {count} 条在 Excel 文件里。",
                            shown=SHOWN,
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
            who.village or who.township or "—",
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
    return table(heads, rows, kind_title(kind) + " · " + found[0].benefit)


def shown_name(person: Person, names: bool) -> str:
    return person.name if names else masking.name(person.name)


def _about(person: Person) -> Html:
    age = say("{age} 岁", age=person.age) if person.age is not None else ""
    return join([" ".join(filter(None, (person.sex, age))), Html("<br>"), person.disability])


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


def unmatched(report: Report, names: bool) -> Part:
    """Rows of lists that are nobody for certain."""
    rows = [*report.unmatched, *report.deaths_to_check]
    if not rows and not report.unmatched_outsiders:
        return None
    parts: list[Html] = [
        tag(
            "p",
            say("有名无人的行不会被当作“没有享受”：与登记册里的人可能相同的，那个人的这一项按“不清楚”处理。"),
        )
    ]
    if rows:
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for one in rows:
            counts[one.reason][one.file] += 1
        listed = sorted(counts.items(), key=lambda item: -sum(item[1].values()))
        parts.append(
            table(
                [(say("最可能的原因"), ""), (say("名单"), ""), (say("人数"), "n")],
                [
                    [
                        reason,
                        say("、").join(f"{file} {number(n)}" for file, n in files.items()),
                        number(sum(files.values())),
                    ]
                    for reason, files in listed
                ],
                say("对不上人的行，按原因"),
            )
        )
        shown = rows[:SHOWN]
        parts.append(
            table(
                [
                    (say("名单"), ""),
                    (say("名单行"), "n"),
                    (say("姓名"), "who"),
                    (say("号码"), "id"),
                    (say("最可能的原因"), ""),
                    (say("可能是登记册第几行"), "n"),
                ],
                [
                    [
                        one.file,
                        one.row,
                        one.name if names else masking.name(one.name),
                        one.id_masked or "—",
                        one.reason,
                        one.maybe_row or "—",
                    ]
                    for one in shown
                ],
                say("对不上人的行（前 {shown} 行，全部在 Excel 里）", shown=len(shown)),
            )
        )
    if report.unmatched_outsiders:
        told = say("；").join(
            say("{file} {count} 行", file=file, count=number(count))
            for file, count in report.unmatched_outsiders.items()
        )
        parts.append(
            tag(
                "p",
                say("另有不在登记册上的人（多为未持证的家人和其他居民），不影响结果：{told}。", told=told),
            )
        )
    return "unmatched", say("名单上对不上人的行"), join(parts)


def files(report: Report, names: bool) -> Part:
    """Each file: what it was taken for, which columns were understood and which not, what was refused."""
    rows = []
    for one in report.files:
        whole = (
            "—"
            if one.whole is None
            else tag("span", say("完整"), class_="tag ok")
            if one.whole
            else tag("span", say("不完整"), class_="tag warn")
        )
        rows.append(
            [one.title, one.kind_label, str(one.month or "—"), number(one.rows), number(one.refused),
             number(one.matched) if one.matched is not None else "—", number(one.maybe) if one.maybe is not None else "—",
             number(one.unmatched) if one.unmatched is not None else "—", whole]
        )  # fmt: skip
    heads = [
        (say("文件"), ""),
        (say("读作"), ""),
        (say("月份"), ""),
        (say("读到行数"), "n"),
        (say("退回"), "n"),
        (say("对上人"), "n"),
        (say("可能是"), "n"),
        (say("不在登记册"), "n"),
        (say("当作"), ""),
    ]
    parts = [table(heads, rows, say("读到的文件"), first=True)]
    parts += [_file(one) for one in report.files]
    if report.aside:
        parts.append(tag("h3", say("没有读的工作表")))
        parts.append(items(f"{name}：{problem.what}" for name, problem in report.aside))
    return "files", say("读到的文件和栏目"), join(parts)


def _file(one: FileRead) -> Html:
    understood = [column for column in one.columns if column.meaning]
    left = [column for column in one.columns if not column.meaning]
    parts: list[Html] = []
    where = (
        say("工作表“{sheet}”，表头在第 {row} 行", sheet=one.sheet, row=one.header_row)
        if one.header_row
        else say("工作表“{sheet}”", sheet=one.sheet)
    )
    parts.append(
        tag(
            "p",
            where,
            say(
                "；按“{kind}”读取，把握 {percent}%。",
                kind=one.kind_label,
                percent=round(one.confidence * 100),
            ),
        )
    )
    parts.append(
        tag(
            "p",
            tag("strong", say("读懂的栏目（{count}）：", count=len(understood))),
            say("、").join(_meaning(column.heading, column.meaning) for column in understood),
        )
    )
    if left:
        parts.append(
            tag(
                "p",
                tag("strong", say("没有使用的栏目（{count}）：", count=len(left))),
                say("、").join(f"{column.heading}（{column.note}）" for column in left),
            )
        )
    if one.notes:
        parts.append(items(sentence(note) for note in one.notes))
    for label, found in ((say("退回的行"), one.refusals), (say("有疑问但已读入的行"), one.warnings)):
        if found:
            counted: dict[str, list[int]] = defaultdict(list)
            for problem in found:
                counted[sentence(problem.problem)].append(problem.row)
            parts.append(
                table(
                    [(label, ""), (say("行数"), "n"), (say("例如第几行"), "")],
                    [
                        [
                            what,
                            number(len(rows)),
                            say("、").join(map(str, rows[:6])) + ("……" if len(rows) > 6 else ""),
                        ]
                        for what, rows in sorted(counted.items(), key=lambda item: -len(item[1]))
                    ],
                    label,
                )
            )
    return tag("details", tag("summary", one.title, " · ", one.kind_label), *parts)


def _meaning(heading: str, meaning: str) -> str:
    return (
        heading if heading == meaning else say("{heading}（读作{meaning}）", heading=heading, meaning=meaning)
    )


def method(report: Report, names: bool) -> Part:
    """How it was worked out, so that it can be checked by hand."""
    facts = [
        (say("查看的地区"), f"{report.area_name} {report.area}（{report.area_from}）"),
        (say("查看的月份"), f"{report.month}（{report.as_of_from}）"),
        (say("采用的方案"), f"{report.plan_title}（{_plan_from(report.plan_from)}；{report.plan_period}）"),
        (say("怎样对上人"), say("身份证号（或残疾人证号里的 18 位）和姓名都相同，才算同一人；号码残缺、差一位但姓名相同且只有一人符合的，算“很可能”，不据此认定去世或应退；其余只算“可能”，那个人的这一项按“不清楚”处理。")),
        (say("三种判断"), say("每个条件只有“符合”“不符合”“不清楚”三种结果。不清楚的，永远不当作不符合。")),
        (say("同日的登记与名单不同"), say("以名单为准；名单没有写到的，用登记册的记载。")),
    ]  # fmt: skip
    parts: list[Html] = [tag("dl", *(join([tag("dt", name), tag("dd", what)]) for name, what in facts))]
    if report.assumptions:
        parts += [tag("h3", say("本次作出的处理")), items(report.assumptions)]
    if report.settings:
        rows = [[says, value] for says, value in report.settings]
        parts.append(
            tag(
                "details",
                tag("summary", say("文件没有写死、由方案设定的读法（{count} 项）", count=len(rows))),
                table([(say("读法"), ""), (say("采用"), "")], rows, say("方案的设定")),
            )
        )
    return "method", say("怎么得出的"), join(parts)


def _plan_from(source: str) -> str:
    return {
        "given": say("由 --pack 指定"),
        "area": say("按地区自动选择"),
        "national": say("没有本地方案，用全国通用的规定"),
    }[source]
