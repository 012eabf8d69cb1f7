"""Numbers that an address or a form names, first of all a page. What is no number, or not there, is never an error."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.http import QueryDict


def digits(text: str, most: int = 18) -> int | None:
    """What was sent as digits: a key, a version; None for anything else, and for more than the database can hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None


def number_of(query: QueryDict) -> int:
    """`?page=3`; anything else is the first page."""
    found = digits(query.get("page", ""), 6)
    return 1 if found is None else found


def page_of(total: int, number: int, size: int) -> Page:  # type: ignore[type-arg]
    """Django's page for `{% pagination %}`, without the rows: the selector has cut them already."""
    return Paginator(range(total), size).get_page(number)
