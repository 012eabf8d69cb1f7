"""A document as Word (.docx), the same parts in the same order."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from yice.exchange.papers.document import Document, Grid, Lines, Part, Points, Sign, Table

FONT = "Noto Sans CJK SC"
STAMP = (1980, 1, 1, 0, 0, 0)  # the first day a zip knows


def word(of: Document) -> bytes:
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    book = docx.Document()
    book.core_properties.title = of.title
    book.core_properties.language = of.language
    book.core_properties.author = ""
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(18 if of.large else 10.5)
    for name in ("Normal", "Title", "Heading 2"):
        fonts = book.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if of.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin = section.bottom_margin = Mm(18)
    if of.mark:
        head = section.header.paragraphs[0]
        head.text, head.alignment = of.mark, WD_ALIGN_PARAGRAPH.RIGHT
    book.add_heading(of.title, 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if of.caption:
        book.add_paragraph(of.caption).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for heading, part in of.parts:
        if heading:
            book.add_heading(heading, 2)
        _add(book, part)
    if of.foot:
        run = book.add_paragraph().add_run(of.foot)
        run.font.size = Pt(8.5)
    stream = io.BytesIO()
    book.save(stream)
    return _without_hours(stream)


def _without_hours(made: io.BytesIO) -> bytes:
    """The same facts give the same file: a Word file is a zip, and the hour of writing stands at each of its parts."""
    again = io.BytesIO()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in parts.namelist():
            packed.writestr(zipfile.ZipInfo(name, STAMP), parts.read(name), zipfile.ZIP_DEFLATED)
    return again.getvalue()


def _add(book: Any, part: Part) -> None:
    match part:
        case Grid():
            rows = [part.pairs[n : n + part.across] for n in range(0, len(part.pairs), part.across)]
            table = book.add_table(len(rows), part.across * 2, "Table Grid")
            for row, pairs in zip(table.rows, rows, strict=True):
                for at, (key, value) in enumerate(pairs):
                    row.cells[at * 2].text, row.cells[at * 2 + 1].text = key, value
        case Table():
            table = book.add_table(1, len(part.head), "Table Grid")
            for cell, text in zip(table.rows[0].cells, part.head, strict=True):
                cell.text = text
            _repeat(table.rows[0])
            for line in part.rows or [[""] * len(part.head)]:
                for cell, text in zip(table.add_row().cells, line, strict=True):
                    cell.text = text
        case Lines():
            book.add_paragraph(part.text)
            for _n in range(part.room):
                book.add_paragraph("＿" * 34)
        case Points():
            for one in part.items:
                book.add_paragraph(one, "List Bullet")
        case Sign():
            table = book.add_table(1, len(part.who))
            for cell, who in zip(table.rows[0].cells, part.who, strict=True):
                cell.text = f"{who}：\n\n　　　年　　月　　日"


def _repeat(row: Any) -> None:
    """The head of a table again on every page."""
    from docx.oxml import OxmlElement

    mark = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)
