"""Lists on their way out: a workbook of text cells, a CSV with a mark of its encoding, columns in the place's order.

made(export, form, *, areas=(), about=()) -> Made      the file, its name, how many rows, its digest
"""

from yice.exchange.exports.making import CONTENT_TYPES, FORMS, Made, made

__all__ = ["CONTENT_TYPES", "FORMS", "Made", "made"]
