"""Display modes: 标准版, 长辈版 (large), 高对比度 (contrast). They combine and are kept in a cookie."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

COOKIE = "yice_display"


@dataclass(frozen=True)
class Display:
    large: bool = False
    contrast: bool = False

    @classmethod
    def parse(cls, text: str) -> Display:
        """From a cookie or an address; words not known are left out."""
        words = text.split("-")
        return cls("large" in words, "contrast" in words)

    def __str__(self) -> str:
        words = [word for word, on in (("large", self.large), ("contrast", self.contrast)) if on]
        return "-".join(words) or "standard"

    @property
    def html_class(self) -> str:
        """For <html>, beside govuk's own class."""
        return " ".join(f"is-{word}" for word in str(self).split("-") if word != "standard")


def read(request: HttpRequest) -> Display:
    return Display.parse(request.COOKIES.get(COOKIE, ""))
