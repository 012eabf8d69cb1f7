"""A sheet as a department keeps it, with the truth of its rows beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.synth.damage import DAMAGES, spoil_ids, spoil_names
from yice.exchange.synth.draw import Ints, choose, exactly, stream, where
from yice.exchange.synth.people import People, take
from yice.exchange.synth.settings import Settings


@dataclass
class Sheet:
    """Columns by heading, all texts, of one length. `person` says who each row truly is (a position in People)."""

    name: str  # the file's, without ending
    title: str
    columns: dict[str, pa.StringArray]
    person: Ints
    damage: Ints  # of the identity number, a position in DAMAGES
    name_damage: Ints
    note: pa.StringArray | None = None  # what kind of row it is: member, stranger, payment kind…
    encoding: str = "utf-8-sig"

    def __len__(self) -> int:
        return len(self.person)

    def truth(self, people: People) -> pa.Table:
        """Row (1 for the first under the heading), who it is, how its number and its name were spoiled."""
        labels = pa.array(DAMAGES)
        return pa.table(
            {
                "row": np.arange(1, len(self) + 1),
                "person_id": take(people.person_id, self.person),
                "known": self.person < people.members,
                "damage": labels.take(pa.array(self.damage)),
                "name_damage": labels.take(pa.array(self.name_damage)),
                "note": self.note if self.note is not None else pa.array([""] * len(self)),
            }
        )


@dataclass
class Identity:
    """The name and number columns of a sheet, spoiled, with what was done to them."""

    name: pa.StringArray
    number: pa.StringArray
    damage: Ints
    name_damage: Ints


def identify(
    settings: Settings, sheet: str, people: People, person: Ints, numbers: pa.StringArray | None = None,
    *, scale: float = 1.0,
) -> Identity:  # fmt: skip
    """Names and numbers (ids, or `numbers` by row) as a sheet has them."""
    rng, rates = stream(settings.seed, f"dirt/{sheet}"), settings.rates
    wanted = round(rates.damage["relative"] * scale * len(person)) if numbers is None else 0
    numbers = take(people.id_number, person) if numbers is None else numbers
    number, damage = spoil_ids(rng, numbers, rates.damage, scale)
    unnumbered = (person >= people.members) & (rng.random(len(person)) < rates.stranger_without_number)
    number = where(unnumbered, "", number)
    damage[unnumbered] = DAMAGES.index("blank")
    # Somebody else's number stands beside the name: that of the next member, mostly of the same household.
    ready = (damage == 0) & (person >= 0) & (person < people.members - 1)
    borrowed = exactly(rng, ready, wanted)
    if len(borrowed):
        mask = np.zeros(len(person), dtype=np.bool_)
        mask[borrowed] = True
        number = pc.replace_with_mask(number, pa.array(mask), take(people.id_number, person[borrowed] + 1))
        damage[borrowed] = DAMAGES.index("relative")
    name, name_damage = spoil_names(
        rng,
        take(people.name, person),
        rates.name_space * scale,
        rates.name_variant * scale,
        rates.name_wrong * scale,
    )
    return Identity(name, number, damage, name_damage)


def with_strangers(settings: Settings, sheet: str, people: People, known: Ints) -> Ints:
    """The rows of a list: whom we know and some whom we do not, in the order of their villages."""
    rng = stream(settings.seed, f"strangers/{sheet}")
    count = max(3, round(len(known) * settings.rates.strangers))
    strangers = rng.choice(people.strangers, min(count, len(people.strangers)), replace=False)
    everyone = np.r_[known, strangers]
    return np.asarray(everyone[np.lexsort((np.arange(len(everyone)), people.village[everyone]))])


def varied(settings: Settings, name: str, count: int, shares: list[float]) -> Ints:
    return choose(stream(settings.seed, name), shares, count)
