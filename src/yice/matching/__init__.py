"""Who is the same person on two lists. Pure: two tables in, pairs with reasons out. No Django.

    compare(registry, list_) -> Pairs
    match_incremental(prepare(registry, ids), list_, before) -> Increment
    explain_pair(registry_row, list_row, frequency=…) -> Waterfall

Columns `row_id, name, id_number, birth_date, sex, village, address, phone`, any absent or blank; an id column may
hold certificate numbers. The method stands in docs/matching.md, each pass in `yice.matching.passes`.
"""

from yice.matching.compare import Refused, compare
from yice.matching.digests import of_evidence
from yice.matching.explain import Step, Waterfall, explain_pair, waterfall
from yice.matching.health import Health, health
from yice.matching.incremental import Increment, Month, match_incremental
from yice.matching.model import Model, published, read_model, rule_version
from yice.matching.normalise import COLUMNS, Records, normalise
from yice.matching.pairs import COMPARISONS, DECISIONS, REASONS, Decision, Pairs, Reason
from yice.matching.passes.two_ids import doubtful
from yice.matching.persons import duplicates, persons
from yice.matching.register import Register, prepare

__all__ = [
    "COLUMNS",
    "COMPARISONS",
    "DECISIONS",
    "REASONS",
    "Decision",
    "Health",
    "Increment",
    "Model",
    "Month",
    "Pairs",
    "Reason",
    "Records",
    "Refused",
    "Register",
    "Step",
    "Waterfall",
    "compare",
    "doubtful",
    "duplicates",
    "explain_pair",
    "health",
    "match_incremental",
    "normalise",
    "of_evidence",
    "persons",
    "prepare",
    "published",
    "read_model",
    "rule_version",
    "waterfall",
]
