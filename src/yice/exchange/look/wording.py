"""The report's sentences about persons: reasons, values, what to do. One place, so that they stay alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yice.exchange.vocabulary import kinds
from yice.identifiers.certificate import CATEGORIES, CATEGORY_NAMES
from yice.rules.expression.scope import facts_of
from yice.rules.model import Benefit, Condition, Fact, Plan
from yice.rules.words import Words
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.money import format_fen

_GRADES = ("", Message("一级"), Message("二级"), Message("三级"), Message("四级"))


def say(text: str, /, **values: Any) -> str:
    """A source text in the reader's language."""
    return str(Message(text, **values))


def spoken(words: Words) -> str:
    """A pack's text in the reader's language: the language that this sentence comes out in."""
    return words.en if str(Message("简体中文")) != "简体中文" else words.zh


def sentence(problem: Problem) -> str:
    """A problem as running text: the place with a colon, the other parts each closed like a sentence."""
    parts = [str(one).strip() for one in (problem.what, problem.why, problem.fix) if one is not None]
    stop = say("。")
    closed = [part if part[-1:] in "。.！!？?：:" else part + stop for part in parts]
    place = str(problem.where).strip() if problem.where is not None else ""
    if place and place[-1:] not in "：:":
        place += say("：")
    return place + (" " if stop == "." else "").join(closed)


def _grade(text: str) -> str:
    return str(_GRADES[int(text)]) if text in ("1", "2", "3", "4") else ""


class Wording:
    """Words for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.facts = plan, facts_of(plan)

    def sex(self, code: str | None) -> str:
        return {"male": say("男"), "female": say("女")}.get(code or "", "")

    def disability(self, category: str | None, grade: int | None) -> str:
        kind = say(CATEGORY_NAMES[CATEGORIES.index(category)]) if category in CATEGORIES else ""
        return say(
            "{kind}{grade}",
            kind=kind or say("类别不清"),
            grade=str(_GRADES[grade]) if grade else say("（等级不清）"),
        )

    def at_row(self, file: str, row: int) -> str:
        return say("{file} 第 {row} 行", file=file, row=row)

    def value(self, fact: Fact, value: Any) -> str:
        """残疾等级：2; a fact not known is said to be so."""
        label = spoken(fact.label)
        if value is None and fact.silence is not None and fact.silence.list is None:
            value = fact.silence.means
        return say("{fact}：{value}", fact=label, value=self._written(fact, value))

    def _written(self, fact: Fact, value: Any) -> str:
        if value is None:
            return say("不清楚")
        if isinstance(value, bool):
            return say("是") if value else say("否")
        if fact.type == "code" and value in fact.codes:
            return spoken(fact.code_labels[fact.codes.index(value)])
        if fact.unit == "fen":
            return say("{sum} 元", sum=format_fen(int(value)))
        if fact.type in ("parts", "set"):
            words = dict(zip(fact.codes, fact.code_labels, strict=True))
            parts = (part.partition(":") for part in str(value).split(";") if part)
            return say("、").join(
                say("{kind}{grade}", kind=spoken(words[code]) if code in words else code, grade=_grade(grade))
                for code, _, grade in parts
            )
        return str(value)

    def reasons(
        self,
        kind: str,
        failed: Sequence[Condition],
        barriers: set[str],
        failed_keys: Sequence[str],
        missing: Sequence[str],
        conditions: Sequence[Condition],
        due: int | None,
        paid: int | None,
        given: set[str],
        maybe: str,
    ) -> tuple[list[str], list[str]]:
        """Why, and the clauses it rests on."""
        reasons: list[str] = []
        clauses = [one.clause for one in failed if one.clause]
        if kind in ("leak", "duplicate"):
            for key, one in zip(failed_keys, failed, strict=False):
                said = spoken(one.says)
                reasons.append(
                    say("{condition}（不应享受）", condition=said)
                    if key in barriers
                    else say("不符合：{condition}", condition=said)
                )
        elif kind == "gap":
            reasons.append(
                say(
                    "符合全部条件：{conditions}",
                    conditions=say("；").join(spoken(one.says) for one in conditions),
                )
            )
            reasons.append(say("当月名单上没有"))
            clauses = [one.clause for one in conditions if one.clause]
        elif kind == "amount":
            clauses = [one.clause for one in conditions if one.clause]
            if due is not None and paid is not None:
                sums = {"due": format_fen(due), "paid": format_fen(paid), "gap": format_fen(abs(paid - due))}
                reasons.append(
                    say("应发 {due} 元，实发 {paid} 元，多发 {gap} 元", **sums)
                    if paid > due
                    else say("应发 {due} 元，实发 {paid} 元，少发 {gap} 元", **sums)
                )
        else:
            for name in missing:
                reasons.append(self._missing(name, given, maybe))
        return reasons, list(dict.fromkeys(clauses))

    def _missing(self, name: str, given: set[str], maybe: str) -> str:
        fact = self.facts.get(name)
        if name.startswith("receives."):
            if maybe:
                return say("名单上有一行可能是本人（{row}），但号码或姓名对不上", row=maybe)
            return say("不知道是否在领取：没有收到完整的发放名单")
        label = spoken(fact.label) if fact else name
        return say("不清楚：{fact}", fact=label)

    def source(self, name: str, given: set[str]) -> list[tuple[str, str, bool]]:
        """Where a missing fact is to be had: (what to ask for, of whom, whether it is a list)."""
        fact = self.facts.get(name)
        lists: list[str] = []
        if fact is not None and fact.silence is not None and fact.silence.list:
            lists = [fact.silence.list, *fact.silence.and_lists]
        lists = [one for one in lists if one not in given]
        if lists:
            return [
                (say("索取名单：{title}", title=self.list_title(one)), self.list_sender(one), True)
                for one in lists
            ]
        if name.startswith("receives."):
            return [(say("核对“可能是本人”的名单行：号码或姓名对不上"), say("县残联经办人"), False)]
        if name == "deceased":
            return [(say("核实是否在世：死亡名单上有一行可能是本人"), say("村（社区）专职委员"), False)]
        if fact is None:
            return [(name, "", False)]
        if fact.source.startswith("list:") and fact.silence is not None:
            return [(say("核对“可能是本人”的名单行：号码或姓名对不上"), say("县残联经办人"), False)]
        if fact.source == "register":
            return [(say("在登记册补上或改正：{fact}", fact=spoken(fact.label)), say("县残联经办人"), False)]
        question = spoken(fact.question) if fact.question else spoken(fact.label)
        return [(question, say("本人或家人（上门、电话）"), False)]

    def list_title(self, kind: str) -> str:
        if kind in self.plan.lists:
            return spoken(self.plan.lists[kind].title)
        return kinds()[kind].label if kind in kinds() else kind

    def list_sender(self, kind: str) -> str:
        return say(self.plan.lists[kind].sender) if kind in self.plan.lists else ""

    def todo(self, kind: str, benefit: Benefit, missing: Sequence[str], given: set[str]) -> str:
        """The next step, and whose it is."""
        if kind == "gap":
            return say("告知本人或监护人，协助申请{benefit}", benefit=spoken(benefit.title))
        if kind in ("leak", "duplicate"):
            return say("交{who}核查；先告知本人并听取说明", who=self.decider(benefit))
        if kind == "amount":
            return say("交{who}核对发放标准", who=self.decider(benefit))
        steps = [what for name in missing for what, _, _ in self.source(name, given)]
        return say("；").join(dict.fromkeys(steps[:3]))

    def decider(self, benefit: Benefit) -> str:
        words = {
            "county_civil_affairs": say("县级民政部门"),
            "county_human_resources": say("县级人社、医保部门"),
            "county_federation": say("县级残联"),
            "county_housing": say("县级住建部门"),
            "county_departments": say("县级主管部门"),
        }
        return words.get(benefit.decides, say("审批部门"))
