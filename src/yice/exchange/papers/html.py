"""A document as HTML: headings in order, tables with heads, so that the tagged PDF reads aloud in the right order."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from yice.exchange.papers.document import Document, Grid, Lines, Part, Points, Sign, Table

STYLE = Path(__file__).with_name("paper.css")


def markup(of: Document) -> str:
    face = " ".join(name for name, on in (("landscape", of.landscape), ("large", of.large)) if on)
    mark = f'<p class="mark">{escape(of.mark)}</p>' if of.mark else ""
    body = "".join(_part(of, heading, part) for heading, part in of.parts)
    foot = f'<p class="foot">{escape(of.foot)}</p>' if of.foot else ""
    caption = f'<p class="caption">{escape(of.caption)}</p>' if of.caption else ""
    return (
        f'<!doctype html><html lang="{of.language}" class="{face}"><head><meta charset="utf-8">'
        f"<title>{escape(of.title)}</title><style>{STYLE.read_text('utf-8')}</style></head>"
        f"<body>{mark}<h1>{escape(of.title)}</h1>{caption}{body}{foot}</body></html>"
    )


def _part(of: Document, heading: str, part: Part) -> str:
    title = f"<h2>{escape(heading)}</h2>" if heading else ""
    return title + "".join(_inside(of, part))


def _inside(of: Document, part: Part) -> Iterator[str]:
    match part:
        case Grid():
            yield '<table class="grid">'
            for start in range(0, len(part.pairs), part.across):
                row = part.pairs[start : start + part.across]
                cells = "".join(
                    f'<th scope="row">{escape(key)}</th><td>{_text(value)}</td>' for key, value in row
                )
                left = 2 * (part.across - len(row))
                yield f"<tr>{cells}{f'<td colspan={chr(34)}{left}{chr(34)}></td>' if left else ''}</tr>"
            yield "</table>"
        case Table():
            head = "".join(f'<th scope="col">{escape(one)}</th>' for one in part.head)
            widths = part.widths(of.room(part))
            columns = "".join(f'<col style="width:{100 * one / sum(widths):.1f}%">' for one in widths)
            yield f'<table class="list" style="font-size:{part.type}em"><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>'
            for row in part.rows or [[""] * len(part.head)]:
                yield "<tr>" + "".join(f"<td>{_text(one)}</td>" for one in row) + "</tr>"
            yield "</tbody></table>"
        case Lines():
            yield f"<p>{_text(part.text)}</p>" + '<p class="line">&#160;</p>' * part.room
        case Points():
            yield "<ul>" + "".join(f"<li>{_text(one)}</li>" for one in part.items) + "</ul>"
        case Sign():
            yield '<table class="sign"><tr>'
            for who in part.who:
                yield f"<td>{escape(who)}：<br><br>　　　年　　月　　日</td>"
            yield "</tr></table>"


def _text(value: str) -> str:
    return escape(value).replace("\n", "<br>") or "&#160;"
