"""A person's record as components show it: the bar on top, facts with their sources, the log."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from yice.loop.identify.selectors.facts import FactRow, FactSection
from yice.loop.identify.selectors.person import Identity, PersonPage
from yice.loop.identify.selectors.timeline import TimelineItem
from yice.web.ui import words
from yice.web.ui.parts import Entry, Link, Row


def bar(identity: Identity) -> dict[str, object]:
    """What `{% identity_bar %}` takes: the name, and the few facts that tell one person from another."""
    grade = _("{category} {grade} 级").format(category=identity.category, grade=identity.grade)
    return {
        "name": identity.name,
        "facts": [
            identity.sex,
            _("{age} 岁").format(age=identity.age) if identity.age is not None else _("年龄不明"),
            grade if identity.grade else identity.category,
            identity.hukou,
            _("现居 {place}").format(place=identity.residence) if identity.elsewhere else "",
        ],
        "deceased": identity.deceased,
        "removed": identity.removed_on,
    }


def rows_of(shown: PersonPage, section: FactSection) -> list[Row]:
    """Facts as a summary list: the value, where it comes from, and what may be done about it."""
    return [_row(shown, fact) for fact in section.rows]


def _row(shown: PersonPage, fact: FactRow) -> Row:
    note = (
        _("{source},{day}").format(source=fact.source, day=words.day(fact.date))
        if fact.source and fact.date
        else fact.source
    )
    if fact.by:
        note += _(",{by}登记").format(by=fact.by)
    if fact.note:
        note = f"{note} {fact.note}".strip()
    for other in fact.others:
        note += " " + _("另有:{text}({source})。").format(text=other.text, source=other.source)
    links = []
    if fact.correct:
        text = _("更正") if fact.correct == "here" else _("请登记机关更正")
        links.append(
            Link(text, reverse("desk:correct", args=[shown.identity.uuid, fact.name]), about=fact.label)
        )
    return Row(fact.label, fact.text, note, links)


def log(items: Iterable[TimelineItem]) -> list[Entry]:
    return [Entry(item.text, item.at, item.by, "；".join(item.details)) for item in items]
