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
    from docx.shared import Mm, Pt, RGBColor

    book = docx.Document()
    book.core_properties.title = of.title
    book.core_properties.language = of.language
    book.core_properties.author = ""
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(of.points)
    for name in ("Normal", "Title", "Heading 2"):
        fonts = book.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    for name, size in (("Title", 1.6), ("Heading 2", 1.1)):
        style = book.styles[name]
        style.font.color.rgb, style.font.size = RGBColor(0, 0, 0), Pt(normal.font.size.pt * size)
    for line in book.styles["Title"].element.xpath(".//w:pBdr"):
        line.getparent().remove(line)
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
        _add(book, part, of)
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


def _add(book: Any, part: Part, of: Document) -> None:
    from docx.shared import Pt

    match part:
        case Grid():
            rows = [part.pairs[n : n + part.across] for n in range(0, len(part.pairs), part.across)]
            table = book.add_table(len(rows), part.across * 2, "Table Grid")
            for row, pairs in zip(table.rows, rows, strict=True):
                for at, (key, value) in enumerate(pairs):
                    row.cells[at * 2].text, row.cells[at * 2 + 1].text = key, value
                    _shade(row.cells[at * 2])
                _whole(row)
        case Table():
            small = Pt(of.points * part.type) if part.type < 1 else None
            section = book.sections[0]
            across = section.page_width - section.left_margin - section.right_margin
            widths = part.widths(of.room(part))
            table = book.add_table(1, len(part.head), "Table Grid")
            table.autofit = False
            if small:
                _narrow(table)
            for column, width in zip(table.columns, widths, strict=True):
                column.width = int(across * width / sum(widths))
            for cell, width in zip(table.rows[0].cells, widths, strict=True):
                cell.width = int(across * width / sum(widths))
                _shade(cell)
            _fill(table.rows[0], part.head, small)
            _mark(table.rows[0], "w:tblHeader")
            for line in part.rows or [[""] * len(part.head)]:
                _fill(table.add_row(), line, small)
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


def _fill(row: Any, texts: list[str], small: Any) -> None:
    """The texts of a row, which stays whole on its page."""
    for cell, text in zip(row.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(text)
        if small:
            run.font.size = small
    _whole(row)


def _whole(row: Any) -> None:
    _mark(row, "w:cantSplit")


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: Any) -> None:
    """Headings stand on grey, as in the PDF."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "F2F2F2")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _narrow(table: Any) -> None:
    """Little room beside the texts of a table of many columns."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "50")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)
