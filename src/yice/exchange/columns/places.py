"""Names of places to twelve-digit codes, within one county."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_TAIL = re.compile(
    r"(社区居民委员会|居民委员会|村民委员会|社区居委会|村委会|居委会|社区|嘎查村|嘎查|行政村|村|街道办事处|街道|镇|乡|苏木)$"
)


@dataclass
class Places:
    """The townships and villages of a county: `code` and `name` of each, as the division tree has them."""

    area: str
    townships: dict[str, str] = field(default_factory=dict)  # short name → code
    villages: dict[tuple[str, str], str] = field(default_factory=dict)  # (township code, short name) → code
    name: str = ""

    @classmethod
    def of(cls, area: str, name: str, rows: Iterable[tuple[str, str]]) -> Places:
        """From (12-digit code, name) of everything below a county."""
        places = cls(area, name=name)
        for code, label in rows:
            if not code.startswith(area[:6]) or code == area:
                continue
            if code.endswith("000"):
                places.townships.setdefault(short(label), code)
            else:
                places.villages.setdefault((code[:9] + "000", short(label)), code)
        return places

    def find(self, county: str | None, township: str | None, village: str | None) -> str | None:
        """The code of a village, else of its township; None where the names are not of this county."""
        if county and self.name and short(county) != short(self.name) and self.name not in county:
            return None
        at = self.townships.get(short(township)) if township else None
        if not village:
            return at
        if at and (code := self.villages.get((at, short(village)))):
            return code
        named = [code for (above, name), code in self.villages.items() if name == short(village)]
        if len(named) == 1 and (at is None or not township):
            return named[0]
        return at or self.in_text(village)

    def in_text(self, text: str | None) -> str | None:
        """The village, else the township, that an address names; None where it names none or several."""
        if not text:
            return None
        town = [code for name, code in self.townships.items() if name in text]
        found = [
            code
            for (above, name), code in self.villages.items()
            if len(name) > 1 and name in text and (not town or above in town)
        ]
        if len(found) == 1:
            return found[0]
        return town[0] if len(town) == 1 else None


def short(name: str) -> str:
    """A place's name without what it is: 外海街道 → 外海, 南山村委会 → 南山."""
    name = re.sub(r"\s", "", name)
    while (cut := _TAIL.sub("", name)) and cut != name and len(cut) > 1:
        name = cut
    return name
