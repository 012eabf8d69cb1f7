"""Names of places, from the division list that set-up brings along. Without it, codes alone are used."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from yice.exchange.columns.places import Places, short
from yice.exchange.synth.divisions import folder
from yice.identifiers.division import prefix


class Gazetteer:
    """Counties by name, and what lies below one."""

    def __init__(self, source: Path | None = None) -> None:
        self.source = source or folder()
        self.there = (self.source / "villages.csv").is_file()

    def _rows(self, name: str, head: str = "") -> list[tuple[str, str]]:
        if not self.there:
            return []
        options = pacsv.ConvertOptions(
            include_columns=["code", "name"], column_types={"code": pa.string(), "name": pa.string()}
        )
        table = pacsv.read_csv(self.source / f"{name}.csv", convert_options=options)
        if head:
            table = table.filter(pc.starts_with(table["code"], head))
        return list(zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True))

    def county_named(self, texts: list[str]) -> str | None:
        """The one county (12 digits) whose full name stands in these texts; None where none or several do."""
        counties = [(code, name) for code, name in self._rows("areas") if len(name) > 2]
        for text in texts:
            found = [(code, name) for code, name in counties if name in text]
            longest = max((len(name) for _, name in found), default=0)
            best = {code for code, name in found if len(name) == longest}
            if len(best) == 1:
                return best.pop().ljust(12, "0")
        return None

    def name_of(self, area: str) -> str:
        """江海区; "" where the list does not know the code."""
        head = prefix(area)
        for table, width in (("provinces", 2), ("cities", 4), ("areas", 6), ("streets", 9)):
            if len(head) == width:
                return next((name for code, name in self._rows(table, head) if code == head), "")
        return ""

    def unknown(self, area: str) -> bool:
        """Whether the list is here and does not know a province, prefecture, county or township of this code."""
        return self.there and len(prefix(area)) < 12 and not self.name_of(area)

    def places(self, area: str, *, villages: bool) -> Places:
        """Everything below a county; villages only where names of villages must be read."""
        head = prefix(area)
        rows = [(code.ljust(12, "0"), name) for code, name in self._rows("streets", head)]
        if villages:
            rows += self._rows("villages", head)
        return Places.of(area, self.name_of(area), rows)

    def names(self, area: str) -> dict[str, str]:
        """Code (12 digits) → name of every township and village below."""
        head = prefix(area)
        found = {code.ljust(12, "0"): name for code, name in self._rows("streets", head)}
        return found | dict(self._rows("villages", head))


__all__ = ["Gazetteer", "short"]
