"""Numbers that people are told: a letter, the county, the year, and one after the other."""

from __future__ import annotations

from yice.loop.identify.models import Serial
from yice.terms import clock


def next_number(letter: str, area: str) -> str:
    """The next of its series: `X440704-2020-00001`. Call inside a transaction: the series is locked until its end."""
    series = f"{letter}{area[:6]}-{clock.today().year}"
    Serial.objects.get_or_create(series=series)
    row = Serial.objects.select_for_update().get(series=series)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{series}-{row.last:05d}"
