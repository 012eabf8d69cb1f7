"""What every page shows around its own work: who is signed in, the demo, display mode, language, the ways on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext

from yice.accounts import guard
from yice.accounts.models import Installation
from yice.terms import clock
from yice.web.ui import words
from yice.web.ui.display import Display, read
from yice.web.ui.parts import Link, Room


class Face:
    """Read by `ui/base.html` as `face`; nothing is looked up before it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def display(self) -> Display:
        return read(self.request)

    @property
    def html_class(self) -> str:
        return self.display.html_class

    @property
    def language(self) -> str:
        return "en" if (get_language() or "").startswith("en") else "zh-Hans-CN"

    @property
    def today(self) -> dt.date:
        return clock.today()

    @cached_property
    def demo(self) -> bool:
        """What the database says it was created as; one that says nothing yet goes by the settings."""
        said = Installation.objects.values_list(
            "demo", flat=True
        ).first()  # rule: rows-in-web - what the site is, for everybody
        return bool(settings.DEMO if said is None else said)

    @cached_property
    def person(self) -> dict[str, str] | None:
        """Name, role and area of whoever is signed in; several posts are joined."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        posts = user.posts_on()
        roles = words.listed(dict.fromkeys(str(post.get_role_display()) for post in posts))
        areas = words.listed(dict.fromkeys(post.area.name for post in posts))
        return {"name": user.name, "role": roles, "area": areas}

    @property
    def who(self) -> str:
        """Whose records a device keeps apart: a digest of the account; empty when nobody is signed in."""
        return owner_of(getattr(self.request, "user", None))

    @cached_property
    def navigation(self) -> Sequence[Room]:
        """From the function that settings name (YICE_NAVIGATION): request → rooms."""
        path = getattr(settings, "YICE_NAVIGATION", "")
        if not path or self.person is None:
            return ()
        rooms: Sequence[Room] = import_string(path)(self.request)
        return rooms

    @cached_property
    def left(self) -> int:
        """Seconds until this sign-in ends if nothing is done; nought where nobody stands inside."""
        if not getattr(self.request, "stands", False):
            return 0
        return guard.seconds_left(self.request, self.request.user)

    def address(self, **choice: str) -> str:
        """This page with a choice in its query; the middleware keeps the choice and comes back without it."""
        query = QueryDict(mutable=True)
        if self.request.method == "GET":
            query.update(self.request.GET)
        for name, value in choice.items():
            query[name] = value
        return f"?{query.urlencode()}"

    @cached_property
    def displays(self) -> list[Link]:
        """标准版 ends both modes; the other two switch on and off by themselves."""
        now = self.display
        turns = (
            (gettext("标准版"), Display(), now == Display()),
            (gettext("长辈版"), Display(not now.large, now.contrast), now.large),
            (gettext("高对比度"), Display(now.large, not now.contrast), now.contrast),
        )
        return [Link(text, self.address(display=str(to)), current=on) for text, to, on in turns]

    @cached_property
    def languages(self) -> list[dict[str, Any]]:
        choices = (("zh-hans", "zh-Hans-CN", "中文"), ("en", "en", "English"))
        return [
            {"tag": tag, "text": text, "href": self.address(language=code), "current": tag == self.language}
            for code, tag, text in choices
        ]


def owner_of(user: Any) -> str:
    """The account as a device may know it: nothing can be learnt from it, and no two are alike."""
    if user is None or not user.is_authenticated:
        return ""
    return salted_hmac("yice.device", str(user.pk), algorithm="sha256").hexdigest()[:24]


def ui(request: HttpRequest) -> dict[str, Any]:
    return {"face": Face(request)}
