"""A register and a list of the same places, with the truth beside them: seeded, by the million, any number of times.

    .venv/bin/python -m bench.matching.generate --people 1000000 --rows 500000 --seed 2 --out DIR

`registry.parquet` and `list.parquet` carry the columns of `yice match`; `truth_registry.parquet` and
`truth_list.parquet` say who each row is (`person`), and of a list's row what kind of stranger it is and how it was
spoiled. Cells are spoiled at the rates of `yice.exchange.synth` (a third of them in the register), and names, days,
places and numbers in more ways, see `Hands`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from bench.matching import names as naming
from bench.matching.names import Names
from bench.matching.people import VILLAGE, People, addresses, draw, id_texts, phones, village_codes

from yice.exchange.synth.damage import DAMAGES, spoil_ids, spoil_names
from yice.exchange.synth.draw import Bools, Ints, date_texts, join, label, scatter, stream, where
from yice.exchange.synth.settings import Rates

CHUNK = 1_000_000
OUTSIDERS = 0.2  # of the list's rows
KIN = 0.5  # of the outsiders, twins first
KINDS = ("known", "twin", "kin", "stranger")
WRITINGS = ("", "homophone", "renamed", *(d for d in DAMAGES if d.startswith("name_")))
IDS = DAMAGES
Some = Callable[[float], Bools]  # a share of the rows, drawn
COLUMNS = ("row_id", "name", "id_number", "birth_date", "sex", "village", "address", "phone")


@dataclass(frozen=True)
class Hands:
    """How often a hand slips, as a share of rows, beside the rates of `yice.exchange.synth`."""

    damage: float = 1.0  # times the rates of synth
    blank: float = 0.0  # numbers left out beside those of synth: a school roll has many
    homophone: float = 0.004
    undotted: float = 0.35  # of the Mongolian names
    renamed: float = 0.003  # another given name, legally
    # Beside one's own name a number that is valid and not the other side's. No source states how often, and no method
    # that keeps the veto can decide such a row: those are the people of `HARDER` only.
    relative: float = 0.0  # times the rate of synth
    renumbered: float = 0.0  # another valid number of the person: a birth date put right, two registrations
    no_birth: float = 0.08
    wrong_birth: float = 0.01
    no_sex: float = 0.03
    wrong_sex: float = 0.003
    no_village: float = 0.04
    township_only: float = 0.03
    moved: float = 0.02  # to another village, one in five of them to another county
    stale_address: float = 0.05
    no_address: float = 0.04
    other_writing: float = 0.25  # of the address
    no_phone: float = 0.3
    other_phone: float = 0.15


LIST = Hands()
REGISTER = Hands(
    damage=1 / 3, homophone=0.001, undotted=0.35, renamed=0.0003, no_birth=0.02, wrong_birth=0.003,
    no_sex=0.005, wrong_sex=0.001, no_village=0.002, township_only=0.005, moved=0.0, stale_address=0.05,
    no_address=0.02, other_writing=0.1, no_phone=0.03, other_phone=0.05,
)  # fmt: skip
HARDER = {
    "relative": 1.0,
    "renumbered": 0.0005,
}  # of the list; a relative's number in the register a third as often
DUPLICATES = 0.01  # of the register: a second, older row of a person


@dataclass(frozen=True)
class Sheet:
    """Rows as written, and the truth of each."""

    rows: pa.Table
    truth: pa.Table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--blank", type=float, default=0.0, help="share of the list without a number, beside the usual"
    )
    parser.add_argument(
        "--harder", action="store_true", help="with relatives' and second numbers, see `HARDER`"
    )
    options = parser.parse_args()
    generate(
        options.out, options.people, options.rows, options.seed, blank=options.blank, harder=options.harder
    )
    return 0


def generate(
    out: Path, people: int, rows: int, seed: int, *, blank: float = 0.0, harder: bool = False
) -> None:
    """Write the four files, a million people at a time. The folder says when it is whole: `done`."""
    made = f"{people} {rows} {seed} {blank} {harder}"
    if (out / "done").is_file() and (out / "done").read_text() == made:
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / "done").unlink(missing_ok=True)
    chunks = -(-people // CHUNK)
    more = HARDER if harder else {}
    ours = replace(REGISTER, relative=more.get("relative", 0.0))
    theirs = replace(LIST, blank=blank, **more)
    writers: dict[str, pq.ParquetWriter] = {}
    for chunk in range(chunks):
        size = min(CHUNK, people - chunk * CHUNK)
        for name, sheet in zip(
            ("registry", "list"),
            _chunk(seed, chunk, chunks, size, round(size * rows / people), (ours, theirs)),
            strict=True,
        ):
            for prefix, table in (("", sheet.rows), ("truth_", sheet.truth)):
                path = out / f"{prefix}{name}.parquet"
                if path.name not in writers:
                    writers[path.name] = pq.ParquetWriter(path, table.schema, compression="zstd")
                writers[path.name].write_table(table)
    for writer in writers.values():
        writer.close()
    (out / "done").write_text(made)


def _chunk(
    seed: int, chunk: int, chunks: int, people: int, rows: int, hands: tuple[Hands, Hands]
) -> tuple[Sheet, Sheet]:
    world = draw(seed, chunk, chunks, people, max(100, round(rows * OUTSIDERS)))
    villages = chunks * max(1, people // VILLAGE)
    random = stream(seed, f"register {chunk}")
    registered = np.flatnonzero(world.registered)
    again = random.choice(registered, round(len(registered) * DUPLICATES), replace=False)
    both = np.r_[registered, again]
    older = np.arange(len(both)) >= len(registered)
    shuffled = random.permutation(len(both))
    ours = _sheet(random, world, both[shuffled], hands[0], villages, "R", chunk, older[shuffled])
    random = stream(seed, f"list {chunk}")
    outsiders = _outsiders(random, world, round(rows * OUTSIDERS))
    known = random.choice(registered, rows - len(outsiders), replace=False)
    on_list = random.permutation(np.r_[known, outsiders])
    theirs = _sheet(
        random,
        world,
        on_list,
        hands[1],
        villages,
        "L",
        chunk,
        np.zeros(len(on_list), dtype=np.bool_),
    )
    return ours, theirs


def _outsiders(random: np.random.Generator, world: People, count: int) -> Ints:
    """Who is on the list and not in the register: twins of registered people, their kin, strangers, namesakes."""
    out = ~world.registered
    kin = out & (world.household < _first_stranger(world))
    twins = np.flatnonzero(kin & (world.twin >= 0) & world.registered[world.twin])
    twins = twins[: round(count * KIN / 2)]
    others = np.setdiff1d(np.flatnonzero(kin), twins)
    others = random.choice(others, min(len(others), round(count * KIN) - len(twins)), replace=False)
    strangers = np.flatnonzero(out & (world.household >= _first_stranger(world)))
    strangers = random.choice(strangers, min(len(strangers), count - len(twins) - len(others)), replace=False)
    return np.r_[twins, others, strangers]


def _first_stranger(world: People) -> int:
    return int(world.household[world.registered].max()) + 1


def _sheet(
    random: np.random.Generator, world: People, who: Ints, hands: Hands, villages: int, letter: str, chunk: int,
    older: Bools,
) -> Sheet:  # fmt: skip
    """Rows about these people as somebody wrote them down. `older` rows are more often out of date."""
    count = len(who)

    def some(share: float) -> Bools:
        return random.random(count) < np.where(older, min(1.0, share * 10), share)

    name, wrote = _names(random, world, who, hands, some)
    ids, slips = _numbers(random, world, who, hands, older)
    birth = np.where(some(hands.wrong_birth), _other_day(random, world.birth[who]), world.birth[who])
    birth = np.where(random.random(count) < hands.no_birth, np.datetime64("NaT"), birth)
    male = world.male[who] ^ (random.random(count) < hands.wrong_sex)
    sex = label(("女", "男"), np.where(random.random(count) < hands.no_sex, -1, male.astype(np.int32)))
    moved = some(hands.moved) | (older & (random.random(count) < 0.3))
    village = _moved(random, world.village[who], moved, villages)
    codes = village_codes(village, villages)
    codes = where(
        random.random(count) < hands.township_only, join(pc.utf8_slice_codeunits(codes, 0, 9), "000"), codes
    )
    codes = where(random.random(count) < hands.no_village, "", codes)
    stale = some(hands.stale_address)
    house = np.where(stale | moved, random.integers(0, 997, count), world.house[who])
    written = _addresses(
        random, np.where(stale, _moved(random, village, stale, villages), village), house, hands
    )
    number = np.where(some(hands.other_phone), random.integers(0, 10**8, count), world.phone[who])
    phone = where(random.random(count) < hands.no_phone, "", phones(number))
    row_id = join(f"{letter}{chunk}-", pc.cast(pa.array(np.arange(count)), pa.string()))
    columns = (row_id, name, ids, date_texts(birth), sex, codes, written, phone)
    kind = np.select(
        [world.registered[who], world.twin[who] >= 0, world.household[who] < _first_stranger(world)],
        [0, 1, 2],
        3,
    )
    truth = pa.table(
        {
            "row_id": row_id,
            "person": world.number[who],
            "kind": label(KINDS, kind).dictionary_encode(),
            "name": label(WRITINGS, wrote).dictionary_encode(),
            "id": label(IDS, slips).dictionary_encode(),
            "household": chunk * 10_000_000 + world.household[who],
            "twin": np.where(world.twin[who] >= 0, world.number[world.twin[who]], -1),
        }
    )
    return Sheet(pa.table(dict(zip(COLUMNS, columns, strict=True))), truth)


def _names(
    random: np.random.Generator, world: People, who: Ints, hands: Hands, some: Some
) -> tuple[pa.StringArray, Ints]:
    """As written, and how (a position in WRITINGS)."""
    names = world.name.take(who)
    count, scale = len(who), hands.damage
    renamed = some(hands.renamed) & (names.family < naming.MONGOLIAN)
    new = naming.given(random, world.male[who])
    names = Names(
        names.family,
        np.where(renamed, new, names.first),
        np.where(renamed, naming.second(random, world.male[who]), names.second),
    )
    texts = names.texts()
    bare = (names.family >= naming.MONGOLIAN) & (random.random(count) < hands.undotted)
    texts = where(bare, pc.replace_substring(texts, "·", ""), texts)
    rates = Rates()
    texts, codes = spoil_names(
        random, texts, rates.name_space * scale, rates.name_variant * scale, rates.name_wrong * scale
    )
    wrote = np.zeros(count, dtype=np.int8)
    for kind in ("name_space", "name_variant", "name_wrong"):
        wrote[codes == DAMAGES.index(kind)] = WRITINGS.index(kind)
    heard = np.flatnonzero((random.random(count) < hands.homophone) & (wrote == 0))
    texts = scatter(
        texts, heard, [naming.homophone(random, name) for name in texts.take(pa.array(heard)).to_pylist()]
    )
    wrote[heard] = WRITINGS.index("homophone")
    wrote[renamed] = WRITINGS.index("renamed")
    return texts, wrote


def _numbers(
    random: np.random.Generator, world: People, who: Ints, hands: Hands, older: Bools
) -> tuple[pa.StringArray, Ints]:
    """As written, and how (a position in IDS): spoiled, a relative's, or another valid number of the person's own."""
    rates = dict(Rates().damage)
    ids, codes = spoil_ids(random, world.id_number.take(pa.array(who)), rates, hands.damage)
    old = np.flatnonzero(older & (codes == 0))
    cells, worse = spoil_ids(random, ids.take(pa.array(old)), {"blank": 0.15, "typo": 0.1, "swap": 0.05}, 1.0)
    ids = scatter(ids, old, cells.to_pylist())
    codes[old] = worse

    if hands.blank:
        lost = np.flatnonzero(random.random(len(who)) < hands.blank)
        ids, codes[lost] = scatter(ids, lost, [""] * len(lost)), DAMAGES.index("blank")
    of, there = _relatives(random, world, who)  # only those who have kin, so oftener among them
    share = rates["relative"] * hands.damage * hands.relative * len(who) / max(1, int(there.sum()))
    relative = np.flatnonzero(there & (random.random(len(who)) < share))
    ids = scatter(ids, relative, world.id_number.take(pa.array(of[relative])).to_pylist())
    codes[relative] = DAMAGES.index("relative")

    other = np.flatnonzero((random.random(len(who)) < hands.renumbered) & (codes == 0))
    birth = world.birth[who[other]]
    birth = np.where(random.random(len(other)) < 0.5, _other_day(random, birth), birth)
    sequence = random.integers(0, 500, len(other)) * 2 + world.male[who[other]]
    ids = scatter(ids, other, id_texts("440799", birth, sequence).to_pylist())
    codes[other] = IDS.index("renumbered")
    return ids, codes


def _relatives(random: np.random.Generator, world: People, who: Ints) -> tuple[Ints, Bools]:
    """Somebody else of the same household, and where there is one."""
    order = np.argsort(world.household, kind="stable")
    homes = world.household[order]
    first, end = (
        np.searchsorted(homes, world.household[who]),
        np.searchsorted(homes, world.household[who], "right"),
    )
    pick = order[first + random.integers(0, 1 << 30, len(who)) % (end - first)]
    # All twins are drawn, but only a quarter of the other kin: so that twins' numbers are not met too often.
    twins = (pick == world.twin[who]) & (random.random(len(who)) < 0.75)
    return pick, (pick != who) & ~twins


def _other_day(random: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """A date written wrong or kept in the lunar calendar: another day, month or year."""
    shift = np.array([-366, -365, 365, 366, -31, -30, 30, 31, -1, 1, 9, 10, -10, 25, 40])
    days = day + shift[random.integers(0, len(shift), len(day))]
    return np.where(days > np.datetime64("2020-06-30"), day - 365, days)


def _moved(random: np.random.Generator, village: Ints, moved: Bools, villages: int) -> Ints:
    near = village + random.integers(1, 120, len(village))
    place = np.where(random.random(len(village)) < 0.2, random.integers(0, villages, len(village)), near)
    return np.where(moved, place % villages, village)


def _addresses(random: np.random.Generator, village: Ints, house: Ints, hands: Hands) -> pa.StringArray:
    count = len(village)
    text = addresses(village, house)
    short = where(random.random(count) < 0.5, pc.replace_substring(text, "号", ""), join("某某县", text))
    text = where(random.random(count) < hands.other_writing, short, text)
    return where(random.random(count) < hands.no_address, "", text)


if __name__ == "__main__":
    raise SystemExit(main())
