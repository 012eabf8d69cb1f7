"""Papers leave the house: authorised, with a reason where numbers stand in full, and written down each time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record, words
from yice.exchange.papers.document import Document
from yice.exchange.papers.filling import About, filled, papers_of
from yice.exchange.papers.pdf import pdf
from yice.exchange.papers.registers import Chosen, sheet
from yice.exchange.papers.word import word
from yice.loop.identify.models import Person
from yice.loop.identify.services.unmasking import REASON_AT_LEAST
from yice.policy.words import text
from yice.rules.papers import Paper
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message, texts

FORMS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
NUMBERS = texts({True: "完整", False: "遮盖"})


@dataclass(frozen=True)
class Printed:
    content: bytes
    name: str
    form: str
    digest: str


def print_paper(
    *, actor: User, paper: str, about: About, form: str, whole: bool = False, reason: str = ""
) -> Printed:
    """One paper as a file. Numbers in full need the right to see them and a reason, as on the screen."""
    subject = about.person or about.case or about.help_plan
    if subject is None:
        raise Problem("paper-subject", Message("没有可打印的对象。"))
    found = next((one for one in papers_of(about) if one.id == paper), None)
    if found is None:
        raise Problem("paper-not-found", Message("没有这张表。"))
    for one in about.people:
        if about.case is None:
            access.require(actor, Action.PERSON_READ, one)
        if whole:
            _may_see(actor, one, reason)
    made = written(filled(actor, found, about, whole=whole), form, text(found.title))
    with transaction.atomic():
        values = {
            "paper": found.title.zh, "form": form, "numbers": NUMBERS[whole], "reason": words(reason.strip()[:200]),
            "digest": made.digest,
        }  # fmt: skip
        if about.case is not None and about.case.restricted:
            subject = about.case  # nothing of it on the person's timeline
        record(actor=actor, code="paper.made", subject=subject, area=about.area, values=values)
    return made


def _may_see(actor: User, person: Person, reason: str) -> None:
    access.require(actor, Action.PERSON_UNMASK, person)
    require_reason(reason)


def require_reason(reason: str) -> None:
    if len(reason.strip()) < REASON_AT_LEAST:
        raise Problem("reason-missing", Message("请写明为什么要完整的证件号，至少四个字。"), field="reason")


def written(of: Document, form: str, title: str) -> Printed:
    """The document in the form asked for."""
    content = pdf(of) if form == "pdf" else word(of)
    form = "pdf" if form == "pdf" else "docx"
    demo = _("演示数据") if of.mark else ""
    name = "-".join(filter(None, (demo, title, clock.today().isoformat())))
    return Printed(content, f"{name}.{form}", form, hashlib.sha256(content).hexdigest())


def print_register(
    *, actor: User, paper: Paper, chosen: Chosen, form: str, whole: bool = False, reason: str = ""
) -> Printed:
    """A register by its filter: Excel, Word or PDF. Requires EXPORT for the place; numbers in full the right to see them."""
    access.require(actor, Action.EXPORT, Place(chosen.area))
    if whole:
        access.require(actor, Action.PERSON_UNMASK, Place(chosen.area))
        require_reason(reason)
    rows, document, workbook = sheet(actor, paper, chosen, whole=whole)
    if form == "xlsx":
        content = workbook()
        name = "-".join(
            filter(
                None, (_("演示数据") if document().mark else "", text(paper.title), clock.today().isoformat())
            )
        )
        made = Printed(content, f"{name}.xlsx", "xlsx", hashlib.sha256(content).hexdigest())
    else:
        made = written(document(), form, text(paper.title))
    with transaction.atomic():
        values = {
            "paper": paper.title.zh, "form": made.form, "rows": rows, "numbers": NUMBERS[whole],
            "reason": words(reason.strip()[:200]), "digest": made.digest, "filters": chosen.values(),
        }  # fmt: skip
        record(actor=actor, code="register.made", area=chosen.area, values=values)
    return made
