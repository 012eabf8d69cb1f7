"""A million people in households: who is registered, and who of their kin, namesakes and neighbours is not.

Numbers are of the test range, villages of counties that do not exist, phones ring nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from bench.matching import names as naming
from bench.matching.names import Names

from yice.exchange.synth.draw import Bools, Ints, choose, digit_bytes, digits, join, label, stream, strings
from yice.exchange.synth.names import village_lines
from yice.exchange.synth.settings import HOUSEHOLD_SIZES
from yice.identifiers.citizen_id import CHECKS, WEIGHTS

DAY = np.datetime64("2020-06-30")
COUNTIES = tuple(f"4407{n}" for n in range(40, 80))  # no place has these codes
VILLAGE = 60  # registered people of a village
TOWNSHIP = 16  # villages of a township
ID_COUNTIES = ("440799", "110199")
SEVERAL = 0.13  # households with a second registered member
TWINS = 0.03  # pairs of children next in age
GENERATION = 0.35  # men of a clan who bear its character of their generation
SHARED_PHONE = 0.4
_CHECKS = np.frombuffer(CHECKS.encode(), dtype=np.uint8)
_WORDS = "东西南北上下大小新旧高平安和兴福清白石龙"
_PLACES = "村塘岗坪湾桥坝岭田庄寨沟泉坡井滩"


@dataclass(frozen=True)
class People:
    """One position is one person. `registered` people stand in the register, the others may be met on lists."""

    number: Ints  # unique over all chunks
    registered: Bools
    twin: Ints  # position of a twin, -1 for none
    household: Ints
    name: Names
    male: Bools
    birth: npt.NDArray[np.datetime64]
    id_number: pa.StringArray
    village: Ints  # unique over all chunks
    house: Ints  # tells one address of the village from another
    phone: Ints

    def __len__(self) -> int:
        return len(self.number)


def draw(seed: int, chunk: int, chunks: int, registered: int, strangers: int) -> People:
    """So many registered people in villages of their own, their unregistered kin, and strangers beside them."""
    rng = stream(seed, f"people {chunk}")
    households, role, married_in = _households(rng, registered)
    count = len(households)
    homes = int(households[-1]) + 1
    villages = max(1, registered // VILLAGE)
    home = np.sort(rng.integers(0, villages, homes))
    village = home[households]
    male = rng.random(count) < np.select([role == 0, role == 1], [0.72, 0.2], 0.5)
    birth = _births(rng, households, role)
    registers = _registered(rng, households, registered)

    rural = rng.random(villages) < 0.75
    lines = village_lines(rng, home, villages, rural)
    own = village_lines(rng, village, villages, np.zeros(villages, dtype=np.bool_))
    family = np.where(married_in, own, lines[households])
    name = Names(family, naming.given(rng, male), naming.second(rng, male))
    _generations(rng, name, male, birth, village)
    twin = _twins(rng, households, role, birth, male, name)
    steppe = rng.random(villages) < 0.05
    mongolian = rng.random(count) < np.where(steppe[village], 0.85, 0.005)
    naming.make_mongolian(rng, name, np.flatnonzero(mongolian))
    _told_apart(rng, name, male, households)

    # Of the kin only as many are kept as lists can need: twins, and some others.
    kept = registers | (twin >= 0) | (rng.random(count) < 0.25)
    at = np.flatnonzero(kept)
    new = np.full(count + 1, -1)
    new[at] = np.arange(len(at))
    shared = rng.random(count) < SHARED_PHONE
    phone = np.where(shared, households, homes + np.arange(count))
    people = People(
        at, registers[at], new[twin[at]], households[at], name.take(at), male[at], birth[at], pa.array([], pa.string()),
        village[at], (households * 7 % 997)[at], phone[at],
    )  # fmt: skip
    people = _with_strangers(rng, people, strangers, villages)
    return replace(
        people,
        number=np.arange(len(people)) + chunk * 10_000_000,
        id_number=_ids(rng, people, chunk, chunks),
        village=people.village + chunk * villages,
        phone=(people.phone + chunk * 10_000_000) * 7_919 % 99_999_989,
    )


def village_codes(village: Ints, villages: int) -> pa.StringArray:
    """Twelve digits: villages of a township, townships of a county, forty counties."""
    each = -(-villages // len(COUNTIES))
    town = village % each // TOWNSHIP
    return join(
        label(COUNTIES, village // each),
        digits(np.where(town < 8, town + 1, town + 92), 3),
        digits(np.where(town < 8, 1, 200) + village % each % TOWNSHIP, 3),
    )


def addresses(village: Ints, house: Ints) -> pa.StringArray:
    """A street address: township, village, group and number. The household's members share it."""
    words, places = tuple(_WORDS), tuple(_PLACES)
    town = village // TOWNSHIP
    return join(
        label(words, town % len(words)), label(words, town // 20 % len(words)), "镇",
        label(words, village * 7 % len(words)), label(places, village * 5 % len(places)), "村",
        digits(house // 100 + 1, 1), "组", digits(house % 100 + 1, 3), "号",
    )  # fmt: skip


def phones(number: Ints) -> pa.StringArray:
    return join("111", digits(number, 8))


def _households(rng: np.random.Generator, registered: int) -> tuple[Ints, Ints, Bools]:
    """Household and role (0 head, 1 spouse, 2 and on children, 7 a parent) of every member."""
    size = choose(rng, HOUSEHOLD_SIZES, int(registered / (1 + SEVERAL))) + 1
    household = np.repeat(np.arange(len(size)), size)
    role = np.arange(len(household)) - np.repeat(np.cumsum(size) - size, size)
    last = np.r_[household[1:] != household[:-1], True]
    role = np.where(last & (role >= 4) & (rng.random(len(role)) < 0.5), 7, role)
    return household, role, role == 1


def _registered(rng: np.random.Generator, household: Ints, registered: int) -> Bools:
    """One of every household, and a second one of some, until there are enough."""
    order = rng.permutation(len(household))
    first = np.unique(household[order], return_index=True)[1]
    chosen = np.zeros(len(household), dtype=np.bool_)
    chosen[order[first]] = True
    others = np.flatnonzero(~chosen)
    chosen[rng.permutation(others)[: registered - int(chosen.sum())]] = True
    return chosen


def _births(rng: np.random.Generator, household: Ints, role: Ints) -> npt.NDArray[np.datetime64]:
    head = rng.normal(55, 15, int(household[-1]) + 1).clip(22, 92)[household]
    ages = np.select(
        [role == 0, role == 1, role == 7],
        [head, head - rng.normal(2, 4, len(role)), head + rng.normal(27, 4, len(role))],
        head - rng.normal(26, 4, len(role)) - 2.2 * (role - 2),
    ).clip(0.2, 99)
    return DAY - (ages * 365.25).astype(np.int64).astype("timedelta64[D]") - rng.integers(0, 300, len(role))


def _generations(
    rng: np.random.Generator, name: Names, male: Bools, birth: npt.NDArray[np.datetime64], village: Ints
) -> None:
    """Men of one clan and generation share the first character of their names; sisters share theirs less often."""
    generation = birth.astype("datetime64[Y]").astype(np.int64) // 25
    bears = rng.random(len(male)) < np.where(male, GENERATION, GENERATION / 3)
    key = (village * 1_009 + name.family * 31 + generation * 7) % 40
    name.first[bears] = np.where(male, key, key + 50)[bears]
    bare = bears & (name.second == naming.NONE) & (rng.random(len(male)) < 0.9)
    name.second[bare] = naming.given(rng, male[bare])


def _twins(
    rng: np.random.Generator,
    household: Ints,
    role: Ints,
    birth: npt.NDArray[np.datetime64],
    male: Bools,
    name: Names,
) -> Ints:
    """Make some children twins: one birthday, mostly one sex, names that share a character."""
    child = (role >= 2) & (role < 7)
    pair = np.flatnonzero(child[:-1] & child[1:] & (household[1:] == household[:-1]) & (role[:-1] % 2 == 0))
    one = pair[rng.random(len(pair)) < TWINS]
    other = one + 1
    birth[other] = birth[one]
    male[other] = np.where(rng.random(len(one)) < 0.75, male[one], ~male[one])
    name.family[other] = name.family[one]
    kind = rng.random(len(one))
    name.first[other] = np.where(kind < 0.6, name.first[one], name.first[other])
    # Names of one character or of two, as the elder's, else they would not sound like twins'.
    younger = naming.given(rng, male[other])
    name.second[other] = np.where(
        name.second[one] == naming.NONE, naming.NONE, np.where(kind > 0.8, name.second[one], younger)
    )
    # Nobody calls twins by one name.
    alike = other[(name.first[one] == name.first[other]) & (name.second[one] == name.second[other])]
    name.first[alike] = (name.first[alike] + 1) % naming.NONE
    twin = np.full(len(household), -1)
    twin[one], twin[other] = other, one
    return twin


def _told_apart(rng: np.random.Generator, name: Names, male: Bools, household: Ints) -> None:
    """No household calls two of its members the same; twins' names may still differ by a character only."""
    for _ in range(5):
        order = np.lexsort((name.second, name.first, name.family, household))
        alike = np.ones(len(order) - 1, dtype=np.bool_)
        for column in (household, name.family, name.first, name.second):
            alike &= column[order][1:] == column[order][:-1]
        again = order[1:][alike]
        steppe = name.family[again] >= naming.MONGOLIAN
        naming.make_mongolian(rng, name, again[steppe])
        chinese = again[~steppe]
        bare = name.second[chinese] == naming.NONE
        name.first[chinese[bare]] = naming.given(rng, male[chinese[bare]])
        name.second[chinese[~bare]] = naming.given(rng, male[chinese[~bare]])


def _with_strangers(rng: np.random.Generator, people: People, count: int, villages: int) -> People:
    """People of no registered household. Half of them are namesakes of somebody registered, within twenty years of
    his age: three in ten in his village, one in a hundred of the others of his very birthday."""
    like = rng.choice(np.flatnonzero(people.registered), count)
    namesake = rng.random(count) < 0.5
    male = np.where(namesake, people.male[like], rng.random(count) < 0.5)
    there = namesake & (rng.random(count) < 0.3)
    village = np.where(there, people.village[like], rng.integers(0, villages, count))
    fresh = Names(
        people.name.family[rng.permutation(like)], naming.given(rng, male), naming.second(rng, male)
    )
    taken = people.name.take(like)
    mongolian = fresh.family >= naming.MONGOLIAN
    naming.make_mongolian(rng, fresh, np.flatnonzero(mongolian))
    name = Names(*(
        np.where(namesake, getattr(taken, field.name), getattr(fresh, field.name)) for field in fields(Names)
    ))  # fmt: skip
    age = np.where(~there & (rng.random(count) < 0.01), 0, rng.integers(-20 * 365, 20 * 365, count))
    birth = people.birth[like] + age
    unborn = birth > DAY - 30
    birth = np.where(unborn, DAY - rng.integers(30, 20 * 365, count), birth)
    birth = np.where(namesake, birth, DAY - rng.integers(30, 95 * 365, count))
    none, home = np.full(count, -1), int(people.household.max()) + 1 + np.arange(count)
    add = People(
        none, np.zeros(count, dtype=np.bool_), none, home, name, male, birth, people.id_number, village,
        rng.integers(0, 997, count), 5_000_000 + np.arange(count),
    )  # fmt: skip
    joined = {
        field.name: np.concatenate([getattr(people, field.name), getattr(add, field.name)])
        for field in fields(People)
        if field.name not in ("name", "id_number")
    }
    whole = Names(*(
        np.concatenate([getattr(people.name, field.name), getattr(name, field.name)]).astype(np.int32)
        for field in fields(Names)
    ))  # fmt: skip
    return People(name=whole, id_number=people.id_number, **joined)


def _ids(rng: np.random.Generator, people: People, chunk: int, chunks: int) -> pa.StringArray:
    """A valid number each, no two alike in any chunk; twins of one sex have neighbouring ones."""
    county, share = ID_COUNTIES[chunk % 2], 500 // -(-chunks // 2)
    day = people.birth.astype("datetime64[D]").astype(np.int64)
    key = day * 2 + people.male
    order = np.lexsort((people.household, key))
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    if sizes.max() > share:
        raise ValueError(f"{sizes.max()} people of one sex were born on one day: there are {share} numbers")
    rank = np.arange(len(ordered)) - np.repeat(starts, sizes)
    offset = np.repeat(rng.integers(0, share, len(starts)), sizes)
    sequence = np.empty(len(key), dtype=np.int64)
    sequence[order] = ((rank + offset) % share + chunk // 2 * share) * 2 + ordered % 2
    return id_texts(county, people.birth, sequence)


def id_texts(county: str, birth: npt.NDArray[np.datetime64], sequence: Ints) -> pa.StringArray:
    """Eighteen characters with a check that holds."""
    months = birth.astype("datetime64[M]")
    month = months.astype(np.int64)
    day = (birth.astype("datetime64[D]") - months).astype(np.int64) + 1
    written = (month // 12 + 1970) * 10000 + (month % 12 + 1) * 100 + day
    head = np.broadcast_to(np.frombuffer(county.encode(), dtype=np.uint8), (len(birth), 6))
    body = np.hstack([head, digit_bytes(written, 8), digit_bytes(sequence, 3)])
    weighed = (body - 48).astype(np.int32) @ np.array(WEIGHTS, dtype=np.int32)
    return strings(np.hstack([body, _CHECKS[weighed % 11][:, None]]))
