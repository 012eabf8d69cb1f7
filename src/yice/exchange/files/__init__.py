"""Reads spreadsheets that nobody promised to be well-meant, and writes refused rows back.

read(path, *, limits=LIMITS) -> Workbook                    a Problem where the file cannot be read, never a trace
Workbook.sheets -> list[Sheet]                              visible sheets with data first
Sheet: name, header_row, headers, columns, rows, warnings   one pa.StringArray a column, null where blank;
                                                            `rows` the row numbers in the file (from 1)
refused_workbook(source, refusals, out)                     the same rows back with a reason column
safe_text(text)                                             a text that no spreadsheet takes for a formula
"""

from yice.exchange.files.limits import LIMITS, Limits
from yice.exchange.files.reading import read
from yice.exchange.files.refused import refused_workbook
from yice.exchange.files.safe import safe_text
from yice.exchange.files.workbook import Sheet, Workbook

__all__ = ["LIMITS", "Limits", "Sheet", "Workbook", "read", "refused_workbook", "safe_text"]
