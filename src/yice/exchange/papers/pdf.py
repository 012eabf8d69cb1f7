"""A document as a tagged PDF. WeasyPrint is asked for only here: without Debian's pango the site runs and offers Word."""

from __future__ import annotations

import logging
from functools import cache

from yice.exchange.papers.document import Document
from yice.exchange.papers.html import markup
from yice.terms.errors import Problem
from yice.terms.messages import Message

VARIANT = "pdf/ua-1"  # for screen readers: tags, title, language


@cache
def available() -> bool:
    """Whether this machine can make PDF: WeasyPrint needs the system's pango."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def pdf(of: Document) -> bytes:
    """The PDF, or Problem "pdf-unavailable"."""
    if not available():
        raise Problem(
            "pdf-unavailable",
            Message("这台服务器不能生成 PDF：系统里没有 pango。"),
            fix=Message("请先用 Word；管理员可安装 libpango-1.0-0 和 libpangoft2-1.0-0。"),
        )
    from weasyprint import HTML

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    made: bytes = HTML(string=markup(of), url_fetcher=_nothing).write_pdf(pdf_variant=VARIANT)
    return made


def _nothing(url: str, *args: object, **kwargs: object) -> None:
    """A paper fetches nothing, whatever somebody typed into a field."""
    raise ValueError("papers fetch nothing")
