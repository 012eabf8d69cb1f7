"""Who is the same person on two lists. Pure: two tables in, pairs with reasons out. No Django.

    match(registry, list_) -> Pairs

Columns `row_id, name, id_number, birth_date, sex, village, address, phone`, any absent or blank; an id column may
hold certificate numbers. What is decided, and on which evidence, stands in `yice.matching.passes`.
"""

from yice.matching.normalise import COLUMNS, Records, normalise
from yice.matching.passes import DECISIONS, REASONS, Decision, Pairs, Reason, match

__all__ = ["COLUMNS", "DECISIONS", "REASONS", "Decision", "Pairs", "Reason", "Records", "match", "normalise"]
