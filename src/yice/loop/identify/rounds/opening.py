"""Open a round in a county: a form for every certificate holder, a share for every township and village."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from itertools import islice

from django.db import transaction

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.selectors import within
from yice.audit.services import record
from yice.identifiers.division import upper_bound
from yice.loop.identify.models import Certificate, Person, Reply, Round, RoundShare
from yice.loop.identify.rounds.villages import forms as returns
from yice.policy import selectors as policy
from yice.rules.questionnaires.model import About, Questionnaire
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.once import require_same

CHUNK = 2000


def questionnaires(area: str, about: About = "person") -> dict[str, Questionnaire]:
    """The questionnaires of the plan in force in an area: for persons, or for villages."""
    pack = policy.pack_for(area)
    found = policy.plan(pack).questionnaires if pack else {}
    return {name: one for name, one in found.items() if one.about == about}


def township_of(village: str) -> str:
    return village[:9].ljust(12, "0")


def open_round(
    *,
    actor: User,
    title: str,
    area: str,
    questionnaire: str,
    opens_on: dt.date,
    closes_on: dt.date,
    due: Mapping[str, dt.date] | None = None,
    villages: str = "",
    key: str,
) -> Round:
    """Everybody registered in `area` with a certificate gets a form, once, where they live or else are registered.

    `villages`: the questionnaire of their own return, one form each; empty: not in this round. `due`: townships that must be done before the round closes. `key` is the request's own.
    """
    access.require(actor, Action.ROUND_MANAGE, Place(area))
    _fits(title, area, questionnaire, villages, opens_on, closes_on, due or {})
    with transaction.atomic():
        made = Round.objects.filter(key=key).first()
        if made is not None:
            taken = (made.area, made.questionnaire, made.title, made.opens_on, made.opened_by_id)
            require_same(taken, (area, questionnaire, title.strip(), opens_on, actor.pk))
            return made
        pack = policy.pack_for(area)
        assert pack is not None  # noqa: S101 - _fits has asked for it
        last = Round.objects.filter(area=area, opens_on__lt=opens_on).order_by("-opens_on", "-id").first()
        made = Round.objects.create(
            title=title.strip(), area=area, pack=pack, questionnaire=questionnaire, opens_on=opens_on,
            closes_on=closes_on, before=last, villages=villages, key=key, opened_by=actor, opened_at=clock.now(),
        )  # fmt: skip
        sizes = _forms(made)
        if not sizes:
            raise Problem("round-empty", Message("这个区域没有登记在册的持证残疾人。"), field="area")
        if villages:
            sizes.update(dict.fromkeys(returns(made), 0))  # a share, too, where nobody has a certificate
        _shares(made, sizes, due or {})
        values = {"round": made.title, "size": sum(sizes.values())}
        record(actor=actor, code="round.opened", subject=made, area=area, values=values)
    return made


def _fits(
    title: str,
    area: str,
    questionnaire: str,
    villages: str,
    opens_on: dt.date,
    closes_on: dt.date,
    due: Mapping[str, dt.date],
) -> None:
    problems = []
    if not title.strip():
        problems.append(Problem("round-title", Message("请填写名称。"), field="title"))
    if questionnaire not in questionnaires(area):
        problems.append(Problem("round-questionnaire", Message("请选择调查表。"), field="questionnaire"))
    if villages and villages not in questionnaires(area, "village"):
        problems.append(Problem("round-questionnaire", Message("请选择村（社区）的表。"), field="villages"))
    if closes_on < opens_on:
        problems.append(Problem("round-dates", Message("截止日期不能早于开始日期。"), field="closes_on"))
    if any(not opens_on <= day <= closes_on for day in due.values()):
        problems.append(Problem("round-due", Message("各乡镇的期限要在开始和截止之间。"), field="due"))
    running = Round.objects.filter(area=area, opens_on__lte=closes_on, closes_on__gte=opens_on).order_by()
    if running.exists():
        what = Message("这个区域在这段时间已经有一轮。")
        problems.append(Problem("round-running", what, field="opens_on"))
    if problems:
        raise Problems(problems)


def _forms(of: Round) -> Counter[str]:
    """A form each, in chunks; persons by the village that answers for them."""
    low, high = of.area, upper_bound(of.area)
    holders = Certificate.objects.filter(current=True).exclude(status="cancelled").values("person")
    rows = (
        Person.objects.filter(within("hukou", of.area), removed_on=None, pk__in=holders)
        .order_by("pk")
        .values_list("pk", "household_id", "residence", "hukou")
        .iterator(chunk_size=CHUNK)
    )
    sizes: Counter[str] = Counter()
    while chunk := list(islice(rows, CHUNK)):
        forms = []
        for person, household, residence, hukou in chunk:
            village = residence if low <= residence < high else hukou
            sizes[village] += 1
            forms.append(Reply(round=of, person_id=person, household_id=household, village=village))
        Reply.objects.bulk_create(forms)
    return sizes


def _shares(of: Round, sizes: Counter[str], due: Mapping[str, dt.date]) -> None:
    townships: Counter[str] = Counter()
    for village, size in sizes.items():
        townships[township_of(village)] += size
    rows = [(code, True, size) for code, size in townships.items()]
    rows += [(code, False, size) for code, size in sizes.items() if code not in townships]
    RoundShare.objects.bulk_create(
        RoundShare(
            round=of, area=code, township=top, size=size,
            due_on=due.get(township_of(code), of.closes_on),
        )
        for code, top, size in sorted(rows)
    )  # fmt: skip


def follow(person: Person) -> None:
    """Somebody moved within the county: the form that is not checked yet goes along."""
    forms = Reply.objects.filter(person=person, state__in=("waiting", "started", "returned", "filled"))
    for form in forms.select_related("round").order_by("pk"):
        low, high = form.round.area, upper_bound(form.round.area)
        village = person.residence if low <= person.residence < high else person.hukou
        if village != form.village:
            form.village = village
            form.save(update_fields=["village"])
