"""HTML from values: everything is escaped unless it is markup made here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def text(value: object) -> Html:
    """Escaped, unless it is markup."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def tag(name: str, *content: object, **attributes: object) -> Html:
    """`tag("p", "x", class_="sub")`; a None attribute is left out, True stands alone."""
    written = ""
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        written += f" {key}" if value is True else f' {key}="{escape(str(value), quote=True)}"'
    return Html(f"<{name}{written}>{''.join(text(one) for one in content)}</{name}>")


def join(parts: Iterable[object], between: str = "") -> Html:
    return Html(escape(between).join(text(one) for one in parts))


def items(parts: Iterable[object], name: str = "ul", **attributes: object) -> Html:
    return tag(name, *(tag("li", one) for one in parts), **attributes)


def table(
    heads: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[object]],
    caption: str = "",
    *,
    first: bool = False,
    quiet: bool = False,
) -> Html:
    """heads: (heading, class of the column: "", "n", "id", "who"). `first`: the first cell of a row is its header.
    `quiet`: the caption only repeats the heading above, for whoever hears the page."""
    head = tag(
        "thead", tag("tr", *(tag("th", name, scope="col", class_=kind or None) for name, kind in heads))
    )
    lines = []
    for row in rows:
        cells = []
        for at, (cell, (_, kind)) in enumerate(zip(row, heads, strict=True)):
            if first and at == 0:
                cells.append(tag("th", cell, scope="row"))
            else:
                cells.append(tag("td", cell, class_=kind or None))
        lines.append(tag("tr", *cells))
    inner = [tag("caption", caption, class_="quiet" if quiet else None)] if caption else []
    return tag(
        "div",
        tag("table", *inner, head, tag("tbody", *lines)),
        class_="scroll",
        role="region",
        tabindex="0",
        aria_label=caption or heads[0][0],
    )
