"""A first look at one's own files, without a site: who is left out, who may be paid in error, whom to ask.

    look(paths, **choices) -> Report           reads, matches, screens; see `yice.exchange.look.run`
    write_html(report, path), write_excel(report, path)

Nothing is kept: the files are read, the report is written, and that is all.
"""

from yice.exchange.look.report import Report
from yice.exchange.look.run import Choices, look

__all__ = ["Choices", "Report", "look"]
