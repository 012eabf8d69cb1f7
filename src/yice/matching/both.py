"""Two lists under one numbering of names, and the comparison of any pairs of their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from yice.matching import addresses, levels
from yice.matching.keys import Bools, Ints
from yice.matching.model import Model
from yice.matching.names import Names, Shares
from yice.matching.normalise import Records
from yice.matching.pairs import ADDRESS, COMPARISONS, PHONE, Pairs

Codes = npt.NDArray[np.int8]
Sides = tuple[npt.NDArray[Any], npt.NDArray[Any]]
_CHUNK = 200_000
# Bits beyond the band, without the household's, before another name is worth a look: twins share all but a character.
OTHER_NAMES = 4.0


# How rows of one key meet: the joins of a pass for either side (`passes.joining`), the most pairs a key may have, and
# whether a list meets itself; gives pairs of positions in parts, each pair once.
Meet = Callable[..., Iterator[tuple[Ints, Ints]]]


@dataclass(frozen=True)
class Both:
    ours: Records
    theirs: Records
    names: Names
    model: Model
    nameless: bool  # a side without a single name
    meet: Meet | None = None  # None: in memory (`keys.join`)

    @classmethod
    def of(cls, ours: Records, theirs: Records, model: Model, shares: Shares | None = None) -> Both:
        names = Names.of(ours.name, theirs.name, shares)
        return cls(ours, theirs, names, model, _nameless(names))

    def alone(self) -> Both:
        """Ours against itself, under the same numbers."""
        names = replace(self.names, theirs=self.names.ours)
        return replace(self, theirs=self.ours, names=names, nameless=_nameless(names))

    def rows(self, at: Ints) -> Both:
        """The same with these rows of their list only."""
        names = replace(self.names, theirs=self.names.theirs[at])
        return replace(self, theirs=self.theirs.take(at), names=names, nameless=_nameless(names))

    def levels(self, left: Ints, right: Ints) -> Codes:
        """A row for each pair, a column for each of `COMPARISONS`."""
        found = np.empty((len(left), len(COMPARISONS)), dtype=np.int8)
        for start in range(0, len(left), _CHUNK):
            part = slice(start, start + _CHUNK)
            found[part] = self._levels(left[part], right[part])
        return found

    def _levels(self, left: Ints, right: Ints) -> Codes:
        ours, theirs = self.ours, self.theirs
        number = levels.ids(ours, left, theirs, right)
        tied = (number != 0) & (number <= levels.ID_KEPT)
        columns = [
            self.names.levels(left, right),
            self._births(left, right, tied),
            self._sexes(left, right, tied),
            levels.places(ours.place[left], theirs.place[right]),
            addresses.levels(ours.address.take(left), theirs.address.take(right)),
            levels.phones(ours.phone[left], theirs.phone[right]),
            number,
        ]
        return np.column_stack(columns)

    def _births(self, left: Ints, right: Ints, tied: Bools) -> Codes:
        ours, theirs = self.ours, self.theirs
        return _weighed(
            levels.births,
            (ours.birth[left], ours.written_birth[left]),
            (theirs.birth[right], theirs.written_birth[right]),
            tied,
        )

    def _sexes(self, left: Ints, right: Ints, tied: Bools) -> Codes:
        ours, theirs = self.ours, self.theirs
        return _weighed(
            levels.sexes,
            (ours.sex[left], ours.written_sex[left]),
            (theirs.sex[right], theirs.written_sex[right]),
            tied,
        )

    def weight(self, codes: npt.NDArray[np.int8], left: Ints) -> npt.NDArray[np.float64]:
        """Bits of pairs by their levels; an exact name counts by how common it is in the registry."""
        by_name = dict(zip(COMPARISONS, codes.T, strict=True))
        return self.model.weight(by_name, self.frequency(left))

    def frequency(self, left: Ints) -> npt.NDArray[np.float64]:
        """How common our rows' names are among ours, from 0 to 1."""
        return np.asarray(self.names.frequency[self.names.ours[left]])

    def of_the_household(self, codes: Codes) -> npt.NDArray[np.float64]:
        """Bits that a shared address and phone add: kin have them too."""
        bits = np.zeros(len(codes))
        for name, column in (("address", ADDRESS), ("phone", PHONE)):
            if name in self.model.comparisons:
                bits += np.maximum(0.0, self.model.comparisons[name].bits(codes[:, column]))
        return bits

    def pairs(
        self,
        left: Ints,
        right: Ints,
        pass_: int | npt.NDArray[np.integer],
        decision: npt.NDArray[np.integer] | int,
        reason: npt.NDArray[np.integer] | int,
        codes: Codes,
        weight: npt.NDArray[np.float64],
    ) -> Pairs:
        """Compared pairs with what a pass says of them, without runners-up yet."""
        count = len(left)

        def whole(value: npt.NDArray[np.integer] | int) -> Codes:
            return np.broadcast_to(np.asarray(value, dtype=np.int8), (count,)).copy()

        return Pairs(
            left, right, whole(pass_), whole(decision), whole(reason), weight, codes, self.frequency(left),
            np.full(count, -1, dtype=np.int64), np.full(count, np.nan),
        )  # fmt: skip


def _nameless(names: Names) -> bool:
    return not names.theirs.any() or not names.ours.any()


def _weighed(compare: Callable[[Any, Any], Codes], one: Sides, other: Sides, tied: Bools) -> Codes:
    """Levels of what two rows say of birth or sex, each as (best known, as written beside the id).

    Where the ids agree, what they contain agrees of itself: only what the list wrote beside its id says more, and
    what the registry wrote only where it speaks against. Elsewhere the better of the four comparisons counts, for
    either number may be a relative's.
    """
    (known, written), (other_known, other_written) = one, other
    beside = compare(np.where(written != 0, written, known), other_written)
    against = compare(written, other_known)
    beside = np.where((other_written == 0) & (against != levels.EXACT), against, beside)
    free = compare(known, other_known)
    for a, b in ((known, other_written), (written, other_known), (written, other_written)):
        free[(a != 0) & (a == b)] = levels.EXACT
    return np.where(tied, beside, free).astype(np.int8)
