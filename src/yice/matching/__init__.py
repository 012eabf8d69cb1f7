"""Who is the same person on two lists. Pure: two tables in, pairs with reasons out. No Django.

    compare(registry, list_) -> Pairs

Columns `row_id, name, id_number, birth_date, sex, village, address, phone`, any absent or blank; an id column may
hold certificate numbers. The method stands in docs/matching.md, each pass in `yice.matching.passes`.
"""

from yice.matching.compare import compare
from yice.matching.model import Model, published, read_model
from yice.matching.normalise import COLUMNS, Records, normalise
from yice.matching.pairs import COMPARISONS, DECISIONS, REASONS, Decision, Pairs, Reason
from yice.matching.persons import duplicates, persons

__all__ = [
    "COLUMNS",
    "COMPARISONS",
    "DECISIONS",
    "REASONS",
    "Decision",
    "Model",
    "Pairs",
    "Reason",
    "Records",
    "compare",
    "duplicates",
    "normalise",
    "persons",
    "published",
    "read_model",
]
