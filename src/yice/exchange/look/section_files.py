"""The sections of the HTML report that tell what was read, what was not, and how it was worked out."""

from __future__ import annotations

from collections import defaultdict

from yice.exchange.look.markup import Html, items, join, table, tag
from yice.exchange.look.report import FileRead, Report
from yice.exchange.look.sections import SHOWN, Part, number
from yice.exchange.look.wording import say, sentence
from yice.identifiers import masking


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
