"""Pass 1 of matching a list with persons on file: set-based, on what agrees exactly; and names that stand alone.

Number and folded name agree: the same person. What lies between goes through `yice.matching`
(`loop.identify.pairing`). A certificate number under another name, or only a name, makes the fact unknown and never
false. Everything else stays in the counted pile.
"""

from __future__ import annotations

from collections.abc import Iterator

from yice.loop.identify.enums import LinkState, PairState

SAME, POSSIBLE = LinkState.SAME.value, LinkState.POSSIBLE.value
_REFUSED = f"r.state IN ('{PairState.DIFFERENT.value}', '{PairState.UNDONE.value}')"
_NAMED = "p.name_folded = e.name_folded AND e.name_folded <> ''"
# Of whom a pair was refused or undone, the evidence must be looked at: such rows go to the engine.
_QUIET = f"NOT EXISTS (SELECT 1 FROM identify_pair r WHERE r.person_id = p.id AND {_REFUSED})"
_HELD_BY = """JOIN identify_certificate c ON c.number_index = e.certificate_index
    JOIN identify_person p ON p.id = c.person_id"""

Selects = Iterator[tuple[str, list[str]]]


def sure(source: str, key: str, free: str) -> Selects:
    """SELECTs of (key, person, state, how) with their parameters, to be run in order.

    source: a FROM item under the alias e, with id_index, certificate_index, name_folded. free: a condition that
    holds for entries no earlier pass has linked. A number speaks wherever the person is registered.
    """
    yield (
        f"""SELECT {key}, p.id, '{SAME}', 'id_and_name' FROM {source}
        JOIN identify_person p ON p.id_index = e.id_index WHERE {_NAMED} AND {_QUIET} AND {free}""",
        [],
    )
    yield (
        f"""SELECT DISTINCT {key}, p.id, '{SAME}', 'certificate_and_name' FROM {source} {_HELD_BY}
        WHERE {_NAMED} AND {_QUIET} AND {free}""",
        [],
    )


def unsure(source: str, key: str, free: str, area: tuple[str, str]) -> Selects:
    """What is left and only makes a fact unknown; a name speaks within `area`, the code range of the list.

    Whom people said to be somebody else is not asked after by the name alone.
    """
    yield (
        f"""SELECT DISTINCT {key}, p.id, '{POSSIBLE}', 'id_other_name' FROM {source} {_HELD_BY}
        WHERE {_QUIET} AND {free}""",
        [],
    )
    yield (
        f"""SELECT {key}, p.id, '{POSSIBLE}', 'name_only' FROM {source} JOIN identify_person p ON {_NAMED}
        WHERE e.id_index IS NULL AND p.removed_on IS NULL AND p.hukou >= %s AND p.hukou < %s AND {free}
        AND NOT EXISTS (SELECT 1 FROM identify_pair r JOIN identify_listentry x ON x.id = r.entry_id
            WHERE r.person_id = p.id AND {_REFUSED} AND x.name_folded = e.name_folded AND x.id_index IS NULL)""",
        list(area),
    )
