"""Pass 1 of matching a list with persons on file: set-based, on what agrees exactly.

Number and folded name agree: the same person. The number agrees and the name does not, or only a name speaks for
it: possible, which makes the fact unknown and never false. Everything else stays in the counted pile. A death or a
leak therefore always rests on number and name together.
"""

from __future__ import annotations

from collections.abc import Iterator

from yice.loop.identify.enums import LinkState

SAME, POSSIBLE = LinkState.SAME.value, LinkState.POSSIBLE.value


def passes(source: str, key: str, free: str, area: tuple[str, str]) -> Iterator[tuple[str, list[str]]]:
    """SELECTs of (key, person, state, how) with their parameters, to be run in order.

    source: a FROM item under the alias e, with id_index, certificate_index, name_folded. free: a condition that
    holds for entries no earlier pass has linked. A number speaks wherever the person is registered, a name only
    within `area`, the code range of the list.
    """
    named = "CASE WHEN p.name_folded = e.name_folded AND e.name_folded <> '' THEN"
    yield (
        f"""SELECT {key}, p.id, {named} '{SAME}' ELSE '{POSSIBLE}' END,
        {named} 'id_and_name' ELSE 'id_other_name' END
        FROM {source} JOIN identify_person p ON p.id_index = e.id_index WHERE {free}""",
        [],
    )
    yield (
        f"""SELECT DISTINCT {key}, p.id, {named} '{SAME}' ELSE '{POSSIBLE}' END,
        {named} 'certificate_and_name' ELSE 'id_other_name' END
        FROM {source} JOIN identify_certificate c ON c.number_index = e.certificate_index
        JOIN identify_person p ON p.id = c.person_id WHERE {free}""",
        [],
    )
    yield (
        f"""SELECT {key}, p.id, '{POSSIBLE}', 'name_only' FROM {source}
        JOIN identify_person p ON p.name_folded = e.name_folded
        WHERE e.id_index IS NULL AND e.name_folded <> '' AND p.removed_on IS NULL
        AND p.hukou >= %s AND p.hukou < %s AND {free}""",
        list(area),
    )
