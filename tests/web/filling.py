"""A form filled in as somebody in a hurry would: what is chosen stays, the first choice else, a word, a day.

What a page finds wrong is mended by what it says, a few times; a field that wants something of its own is told in `said`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import lxml.html
from django.http import HttpResponse

from yice.terms import clock

WORDS = "按实际情况填写"
Element = Any
FORMS = "//form[@method='post'][not(@data-unsent)][not(contains(@action, '/session/'))]"
WRONG = "//*[contains(@class, 'govuk-error-summary__list')]//a"


@dataclass
class Form:
    """A form as it stands on a page; `button`: the one that is pressed, where it has a name."""

    page: str
    number: int
    action: str
    button: tuple[str, str] | None
    names: dict[str, str]
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def sign(self) -> tuple[str, int, str]:
        return self.page, self.number, self.button[0] if self.button else ""


def forms_on(page: str, href: str, response: HttpResponse, said: Mapping[str, Any]) -> Iterator[Form]:
    """Each form that writes, once for each of its buttons; signing out and prolonging the sign-in stand everywhere."""
    drawn = lxml.html.fromstring(response.content).xpath(FORMS)
    for number, form in enumerate(drawn):
        action = href if form.get("action") in (None, "?") else form.get("action")
        names = {one.get("id"): one.get("name") for one in form.iter() if one.get("id") and one.get("name")}
        pressed = [(one.get("name"), one.get("value", "")) for one in form.iter("button") if one.get("name")]
        for button in pressed or [None]:
            data = {**_filled(form), **dict([button] if button else []), **said}
            yield Form(page, number, action, button, names, data)


def sent(form: Form, send: Callable[[str, dict[str, Any]], HttpResponse], tries: int = 4) -> HttpResponse:
    """Sent until it is taken; after each refusal the fields that the page names are filled in otherwise."""
    response = send(form.action, form.data)
    for turn in range(tries):
        if response.status_code != 422 or response.streaming or not _mended(form, response, turn):
            break
        response = send(form.action, form.data)
    return response


def _filled(form: Element) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for one in form.iter("input", "select", "textarea"):
        name, value = one.get("name"), one.get("value")
        match one.tag, one.get("type", "text"):
            case _ if not name or one.get("disabled") is not None:
                pass
            case "select", _:
                options = [row for row in one.iter("option") if row.get("value")]
                chosen = [row for row in options if row.get("selected") is not None] or options[:1]
                data[name] = chosen[0].get("value") if chosen else ""
            case "textarea", _:
                data[name] = one.text or WORDS
            case "input", "radio" | "checkbox":
                if one.get("checked") is not None:
                    data[name] = value
                else:
                    data.setdefault(name, value or "on")
            case "input", "hidden":
                data[name] = value or ""
            case "input", "file" | "submit" | "password":
                pass
            case _:
                data[name] = value or _typed(one, name)
    return data


def _typed(one: Element, name: str) -> str:
    whole = next(
        (up for up in one.iterancestors() if (up.get("class") or "").endswith("govuk-date-input")), None
    )
    if whole is not None:
        at = [part.get("name") for part in whole.iter("input")].index(name)
        today = clock.today()
        return str((today.year, today.month, today.day)[at])
    return "1" if one.get("inputmode") in ("numeric", "decimal") else WORDS


def _mended(form: Form, response: HttpResponse, turn: int) -> bool:
    before = dict(form.data)
    for link in lxml.html.fromstring(response.content).xpath(WRONG):
        at = str(link.get("href")).lstrip("#")
        name = form.names.get(at, at.removeprefix("id_"))
        parts = [
            key for key in form.data if at.startswith(f"id_{key.rpartition('_')[0]}_") and key[-2:-1] == "_"
        ]
        if len(parts) == 3:
            day = clock.today() + dt.timedelta(days=300)
            form.data.update(
                zip(parts, ((day.year, day.month, day.day), ("", "", ""))[turn % 2], strict=True)
            )
        elif name in form.data:
            form.data[name] = (WORDS, clock.today().isoformat(), "5", "")[turn]
    return form.data != before
