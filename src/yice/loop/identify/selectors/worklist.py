"""The worklist: every filter, sort and page stands in its address; every number is counted within the actor's scope."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.identify.enums import FindingKind, FindingState, Sex
from yice.loop.identify.models import Finding
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.facets import Choice, Facet, counts
from yice.loop.identify.selectors.filters import AGES, GRADES, WAITING, Filters
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack
from yice.policy.words import text
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.messages import texts
from yice.terms.periods import age_on

PAGE_SIZE = 50
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = texts(
    {
        "oldest": ("最早出现", ("opened_on", "id")),
        "newest": ("最近出现", ("-opened_on", "-id")),
        "due": ("最先到期", (F("due_on").asc(nulls_last=True), "id")),
        "amount": (
            "金额最大",
            (F("due_fen").desc(nulls_last=True), F("paid_fen").desc(nulls_last=True), "id"),
        ),
        "area": ("按村（社区）", ("hukou", "person__name_folded", "id")),
        "name": ("按姓名", ("person__name_folded", "id")),
    }
)


@dataclass(frozen=True)
class Row:
    uuid: UUID  # the finding
    person: UUID
    name: str
    sex: str  # label
    age: int | None
    category: str  # label
    grade: int | None
    kind: str
    kind_label: str
    title: str  # the group's or, for an ask, how many questions
    benefit: str
    benefit_title: str
    because: str  # one sentence
    due_fen: int | None
    paid_fen: int | None
    state: str
    state_label: str
    opened_on: dt.date
    due_on: dt.date | None
    overdue: bool
    days: int  # since opened
    street: str
    village: str
    residence: str  # "" where hukou and residence are the same
    version: int


@dataclass(frozen=True)
class Worklist:
    rows: list[Row]
    total: int
    page: int
    pages: int
    sort: str
    sorts: list[Choice]
    facets: list[Facet]
    filters: Filters


def worklist(actor: User, filters: Filters, sort: str = "oldest", page: int = 1) -> Worklist:
    """A page of findings the actor may read. A page past the end is the last one."""
    sort = sort if sort in SORTS else "oldest"
    mine = scoped(actor)
    counted = counts(mine, filters)
    pages = max(1, -(-counted.total // PAGE_SIZE))
    page = min(max(1, page), pages)
    start = (page - 1) * PAGE_SIZE
    chosen = cut(matching(mine, filters), sort, start, PAGE_SIZE)
    sorts = [Choice(name, gettext(label), 0, name == sort) for name, (label, _) in SORTS.items()]
    facets = _facets(mine, counted.by, filters) if access.lines(actor, Action.FINDING_READ) else []
    return Worklist(rows(chosen), counted.total, page, pages, sort, sorts, facets, filters)


def scoped(actor: User) -> QuerySet[Finding]:
    """Every finding the actor may read."""
    return access.scope(actor, Action.FINDING_READ, Finding.objects.all())


def matching(mine: QuerySet[Finding], filters: Filters) -> QuerySet[Finding]:
    """Those the filters ask for; a person with two certificates still counts once."""
    found = mine.filter(filters.condition())
    return found.distinct() if filters.text else found


def ordered(found: QuerySet[Finding], sort: str) -> QuerySet[Finding]:
    """The findings in order, with what a row shows."""
    return found.select_related("person", "person__facts").order_by(*SORTS[sort][1])


def cut(found: QuerySet[Finding], sort: str, start: int, many: int) -> list[Finding]:
    """So many of them in order. What a row shows is read for these alone, not for all that are put in order."""
    keys = found.order_by(*SORTS[sort][1]).values("pk")[start : start + many]
    return list(ordered(Finding.objects.filter(pk__in=keys), sort))


def rows(findings: Sequence[Finding]) -> list[Row]:
    """Findings as rows; two queries for all of them (packs and places)."""
    plans = plans_of(finding.pack_id for finding in findings)
    names = areas.names(
        words.place_codes(code for finding in findings for code in (finding.hukou, finding.residence))
    )
    today = clock.today()
    return [_row(finding, plans.get(finding.pack_id), names, today) for finding in findings]


def plans_of(keys: Iterable[int]) -> dict[int, Plan]:
    """The plans of these packs; each is loaded once a process."""
    packs = InstalledPack.objects.filter(pk__in=set(keys))
    return {pack.pk: policy.plan(pack) for pack in packs}


def _row(finding: Finding, plan: Plan | None, names: dict[str, str], today: dt.date) -> Row:
    person = finding.person
    facts = getattr(person, "facts", None)
    title, benefit = words.titles(plan, finding.kind, finding.group, finding.benefit, finding.reason)
    late = finding.due_on is not None and finding.due_on < today and finding.state in WAITING
    return Row(
        uuid=finding.uuid,
        person=person.uuid,
        name=person.name,
        sex=str(Sex(person.sex).label) if person.sex else "",
        age=age_on(person.birth_date, today) if person.birth_date else None,
        category=words.category(facts.category if facts else None),
        grade=facts.grade if facts else None,
        kind=finding.kind,
        kind_label=str(FindingKind(finding.kind).label),
        title=title,
        benefit=finding.benefit,
        benefit_title=benefit,
        because=words.because(plan, finding),
        due_fen=finding.due_fen,
        paid_fen=finding.paid_fen,
        state=finding.state,
        state_label=str(FindingState(finding.state).label),
        opened_on=finding.opened_on,
        due_on=finding.due_on,
        overdue=late,
        days=(today - finding.opened_on).days,
        street=names.get(finding.hukou[:9].ljust(12, "0"), ""),
        village=names.get(finding.hukou, ""),
        residence="" if finding.residence == finding.hukou else words.place(finding.residence, names),
        version=finding.version,
    )


def _facets(mine: QuerySet[Finding], found: Mapping[str, Counter[str]], filters: Filters) -> list[Facet]:
    """Each filter with its choices, counted under the others."""
    ages = [
        (band, gettext("{band} 岁").format(band=band) if band != "60-" else gettext("60 岁以上"))
        for band in AGES
    ]
    late = found["overdue"]["1"]
    only_late = [Choice("1", gettext("只看逾期"), late, filters.overdue)] if late or filters.overdue else []
    facets = [
        _facet("kind", gettext("类型"), [(k.value, str(k.label)) for k in FindingKind], found, filters),
        _facet("benefit", gettext("待遇"), _benefits(found["benefit"], mine), found, filters),
        _facet("state", gettext("状态"), [(s.value, str(s.label)) for s in FindingState], found, filters),
        _places(found["area"], filters),
        _facet("age", gettext("年龄"), ages, found, filters),
        _facet(
            "category", gettext("残疾类别"), [(c, words.category(c)) for c in words.CATEGORY_CODES], found, filters
        ),
        _facet(
            "grade", gettext("残疾等级"), [(g, gettext("{grade} 级").format(grade=g)) for g in GRADES], found, filters
        ),
        Facet("overdue", gettext("期限"), only_late),
    ]  # fmt: skip
    return [facet for facet in facets if facet.choices]


def _facet(
    name: str, label: str, choices: list[tuple[str, str]], found: Mapping[str, Counter[str]], filters: Filters
) -> Facet:
    """Choices nobody has and nobody chose are left out: they also would tell what others work on."""
    count, chosen = found[name], getattr(filters, name)
    shown = [Choice(value, said, count[value], value in chosen) for value, said in choices]
    return Facet(name, label, [one for one in shown if one.count or one.chosen])


def _benefits(counted: Iterable[str], mine: QuerySet[Finding]) -> list[tuple[str, str]]:
    plans = plans_of(mine.order_by().values_list("pack_id", flat=True).distinct())
    named = {name: text(benefit.title) for plan in plans.values() for name, benefit in plan.benefits.items()}
    return [(name, named.get(name, name)) for name in sorted(counted)]


def _places(counted: Mapping[str, int], filters: Filters) -> Facet:
    """Streets, and the villages of the street that is chosen."""
    streets: Counter[str] = Counter()
    villages: dict[str, int] = {}
    chosen_street = filters.area[:9].ljust(12, "0") if filters.area else ""
    for code, n in counted.items():
        street = code[:9].ljust(12, "0")
        streets[street] += n
        if street == chosen_street and code != street:
            villages[code] = n
    if len(streets) == 1 and not villages:
        villages = dict(counted)
    names = areas.names([*streets, *villages])
    choices = []
    for street, n in sorted(streets.items()):
        choices.append(Choice(street, names.get(street, street), n, street == filters.area))
        for village, m in sorted(villages.items()):
            if village[:9] == street[:9] and village != street:
                choices.append(
                    Choice(village, "· " + names.get(village, village), m, village == filters.area)
                )
    label = gettext("户籍村（社区）") if filters.basis == "hukou" else gettext("居住村（社区）")
    return Facet("area", label, choices)


__all__ = ["PAGE_SIZE", "Choice", "Facet", "Filters", "Row", "Worklist", "worklist"]
