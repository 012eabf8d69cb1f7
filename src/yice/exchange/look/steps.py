"""What to do first: the few things that decide most, the same in the page and in the workbook."""

from __future__ import annotations

from dataclasses import dataclass

from yice.exchange.look.excel_names import deaths_and_unmatched, of_kind, refused
from yice.exchange.look.report import Report
from yice.exchange.look.wording import say


@dataclass(frozen=True)
class Step:
    """`what` to do in one sentence, `how`, and the sheet of the workbook where its rows stand ("" for none)."""

    what: str
    how: str
    sheet: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "how", self.how.strip())


def cautions(report: Report) -> list[str]:
    """What may make the whole report worthless, said before everything else."""
    found = []
    if report.plan_from == "national":
        found.append(say("没有本地方案，只按全国通用的规定查看：本地提高的标准和扩大的范围没有算进来。"))
    if report.ended:
        found.append(
            say(
                "这份方案的执行期是{period}，已经结束：按最后一天的规定查看，只供参考。",
                period=report.plan_period,
            )
        )
    read = sum(one.rows for one in report.files if one.kind == "registry")
    if report.people * 10 < read * 9:
        found.append(
            say(
                "登记册 {read} 行里只有 {people} 人可用，其余退回：先改正登记册，结果才完整。",
                read=read,
                people=report.people,
            )
        )
    if all(one.matched is None for one in report.files):
        found.append(say("只给了登记册，没有给名单：不知道谁在领，所以还找不出应享未享和应退未退。"))
    return found


def steps(report: Report) -> list[Step]:
    """In the order in which they are worth doing."""
    found: list[Step] = []
    count = {kind: len(report.of(kind)) for kind in ("gap", "leak", "duplicate", "amount")}
    if count["gap"]:
        found.append(
            Step(
                say("告知 {count} 条应享未享的人。", count=count["gap"]),
                say("Excel 里按村（社区）排好，可以直接分给专职委员。"),
                of_kind("gap"),
            )
        )
    if serious := count["leak"] + count["duplicate"] + count["amount"]:
        first = next(kind for kind in ("leak", "duplicate", "amount") if count[kind])
        found.append(
            Step(
                say("把 {count} 条应退、重复和金额线索交给审批部门。", count=serious),
                say("不交给村里，也不直接停发。"),
                of_kind(first),
            )
        )
    found += [
        Step(
            say("索取：{title}。", title=name),
            say("向{sender}索取。有了它才能知道：{what}。", sender=sender or say("主管部门"), what=what),
        )
        for name, sender, what in report.missing_lists
    ]
    if report.deaths_to_check:
        found.append(
            Step(
                say("核实 {count} 行死亡名单。", count=len(report.deaths_to_check)),
                say("可能是登记册里的人，但号码或姓名对不上；没有核实以前不当作去世。"),
                deaths_and_unmatched(),
            )
        )
    if rows := sum(one.refused for one in report.files):
        found.append(
            Step(
                say("改正 {count} 行退回的数据。", count=rows),
                say("退回的行没有参加比对；每一行都写了原因和办法，改好再看一次。"),
                refused(),
            )
        )
    if any(not one.from_list for one in report.asks):
        found.append(
            Step(say("补齐最能解决问题的信息。"), say("先查登记册和部门名单，最后才上门问。"), of_kind("ask"))
        )
    return found
