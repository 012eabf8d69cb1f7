"""Which page of a long list an address asks for. A page that is not there is never an error."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.http import QueryDict


def number_of(query: QueryDict) -> int:
    """`?page=3`; anything else is the first page."""
    text = query.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def page_of(total: int, number: int, size: int) -> Page:  # type: ignore[type-arg]
    """Django's page for `{% pagination %}`, without the rows: the selector has cut them already."""
    return Paginator(range(total), size).get_page(number)
