"""One person: what waits, why, the facts with their sources, what happened. Each part has an address of its own."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.identify.enums import FindingKind, FindingState
from yice.loop.identify.selectors.duplicates import merged_with
from yice.loop.identify.selectors.person import Identity, PersonPage, person_page
from yice.web.desk.contacts import opened
from yice.web.desk.door import page
from yice.web.desk.person_parts import bar, facts_part, log, to_do, verdicts
from yice.web.ui import parts

PARTS = ("work", "why", "facts", "log")


@page(Action.PERSON_READ, shows="person")
def person(request: HttpRequest, person: uuid.UUID, part: str = "work") -> HttpResponse:
    shown = person_page(request.user, person)
    context = {"shown": shown, "bar": bar(shown.identity), "tabs": tabs(shown, part), **_SHOWN[part](shown)}
    if part in ("work", "facts"):
        context |= _reach(request, shown)
        context["merged"] = merged_with(request.user, shown.identity.uuid)
        context["reviews"] = bool(access.grants(request.user, Action.REVIEW_DECIDE))
    context["audit"] = bool(access.grants(request.user, Action.AUDIT_READ))
    return render(request, f"desk/person_{part}.html", context)


def _reach(request: HttpRequest, shown: PersonPage) -> dict[str, object]:
    """Telephone and address where they were opened today, else the way to them for those who have work to do."""
    of = shown.identity
    found = opened(request, [of.uuid]).get(of.uuid)
    work = any(block.state != FindingState.CLOSED and block.may_handle for block in shown.findings)
    may = of.may_contact and (of.may_unmask or work or bool(shown.ask and shown.ask.questions))
    return {"contact": found, "offer_contact": may and found is None}


def tabs(shown: PersonPage, part: str) -> list[parts.Tab]:
    live = sum(block.state != FindingState.CLOSED for block in shown.findings)
    words = {
        "work": (_("待办"), live),
        "help": (_("帮扶"), None),
        "why": (_("依据"), None),
        "facts": (_("事实与来源"), None),
        "rights": (_("权利"), None),
        "log": (_("经过"), None),
    }
    return [
        parts.Tab(text, reverse(f"desk:person-{name}", args=[shown.identity.uuid]), name == part, count)
        for name, (text, count) in words.items()
    ]


def _work(shown: PersonPage) -> dict[str, object]:
    """The blocks with what to do; the first that can be acted on has the page's main button."""
    ready = [
        block.uuid
        for block in shown.findings
        if block.codes or (block.kind == FindingKind.ASK and block.state != FindingState.CLOSED)
    ]
    first = ready[0] if ready else None
    asked = any(
        block.kind == FindingKind.ASK and block.state != FindingState.CLOSED for block in shown.findings
    )
    blocks = [(block, to_do(block), block.uuid == first) for block in shown.findings]
    return {"blocks": blocks, "first": first, "asked": asked}


def _facts(shown: PersonPage) -> dict[str, object]:
    return {"part_of": facts_part(shown), "numbers": _numbers(shown.identity)}


def _numbers(of: Identity) -> list[tuple[str, str, str]]:
    """What is masked, each with the way to see it whole for those who may."""
    born = _("{year} 年").format(year=of.birth_year) if of.birth_year else ""
    rows = (
        (_("身份证号"), of.id_masked, "id_number"),
        (_("残疾人证号"), of.certificate_masked, "certificate"),
        (_("出生年份"), born, "birth_date"),
    )
    return [
        (label, text, reverse("desk:unmask", args=[of.uuid, field]) if of.may_unmask else "")
        for label, text, field in rows
    ]


_SHOWN = {
    "work": _work,
    "why": lambda shown: {"verdicts": verdicts(shown.why)},
    "facts": _facts,
    "log": lambda shown: {"log": log(shown.timeline)},
}
