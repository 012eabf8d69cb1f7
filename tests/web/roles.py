"""Everybody the policy speaks of, once inside Jianghai and once outside, what joins them to somebody, and what follows.

The small cast of most tests has eleven posts. Here stands every role: in its own tier inside, in Pengjiang outside, and
guests a third time inside with nothing in their hands. What each may see is worked out from the tables below and the
declared policy (`access.POLICY`), never by the selectors whose pages are walked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.cast import (
    COUNTY,
    OUTSIDE_COUNTY,
    OUTSIDE_VILLAGE,
    PLACES,
    STAFF,
    STREET,
    VILLAGE,
)

from yice.accounts import access
from yice.accounts.access import AreaFields
from yice.accounts.enums import Action, Basis, Line, Role
from yice.accounts.models import Post, User

PROVINCE, CITY, OUTSIDE_STREET = "440000000000", "440700000000", "440703001000"
TIERS = {1: "province", 2: "prefecture", 3: "county", 4: "township", 5: "village"}
GUESTS = (
    Role.ASSESSOR, Role.PROVIDER, Role.EVALUATOR, Role.SCHOOL, Role.CLINIC, Role.EMPLOYER, Role.VOLUNTEER,
)  # fmt: skip
# Where each role works, inside and outside. A role that is missing here is walked by nobody, and a test says so.
POSTS: dict[Role, tuple[str, str]] = {
    **dict.fromkeys(
        (
            Role.COUNTY_FEDERATION, Role.COUNTY_CIVIL_AFFAIRS, Role.FINANCE, Role.EDUCATION, Role.HEALTH,
            Role.HUMAN_RESOURCES, Role.MEDICAL_INSURANCE, Role.HOUSING, Role.RURAL_AFFAIRS, Role.JUSTICE,
            Role.COMMITTEE, *GUESTS,
        ),
        (COUNTY, OUTSIDE_COUNTY),
    ),
    Role.VILLAGE_COMMISSIONER: (VILLAGE, OUTSIDE_VILLAGE),
    Role.TOWNSHIP_CLERK: (STREET, OUTSIDE_STREET),
    Role.FEDERATION_ABOVE: (CITY, OUTSIDE_COUNTY),
    **dict.fromkeys(
        (
            Role.CIVIL_AFFAIRS_ABOVE, Role.ARBITRATOR, Role.PROVINCIAL_VIEWER, Role.SYSTEM_ADMINISTRATOR,
            Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR,
        ),
        (PROVINCE, OUTSIDE_COUNTY),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """One account and its one post; `role` None: an account without a post."""

    username: str
    name: str
    role: Role | None
    area: str

    @property
    def guest(self) -> bool:
        return self.role in GUESTS

    @property
    def alike(self) -> bool:
        """The small cast, one department and one guest read every page that refuses them; others ask at its door."""
        return self.username not in (*STAFF, "education.here", "school.here")

    @property
    def inside(self) -> bool:
        return bool(self.area) and overlaps(self.area, COUNTY)


def _readers() -> Iterator[Reader]:
    held = set()
    for username, (name, role, area) in STAFF.items():
        held.add((role, area))
        yield Reader(username, name, role, area)
    for role, (here, there) in POSTS.items():
        for where, area in (("here", here), ("there", there)):
            if (role, area) not in held:
                yield Reader(f"{role}.{where}", f"{'内外'[where == 'there']}·{role.label}", role, area)
    for role in GUESTS:
        yield Reader(f"{role}.free", f"闲·{role.label}", role, COUNTY)


READERS: dict[str, Reader] = {one.username: one for one in _readers()}
# Four processes may share the work; in each everybody looks at one world, and nothing of a look stays.
SHARES = [sorted(READERS)[share::4] for share in range(4)]
NEW = {name: one for name, one in READERS.items() if name not in STAFF}


def covers(area: str, code: str | None) -> bool:
    """Whether `code` lies in `area`, by the table of places."""
    return bool(code) and area <= str(code) < PLACES[area][1]


def overlaps(one: str, other: str) -> bool:
    return covers(one, other) or covers(other, one)


def holds(reader: Reader, *actions: Action) -> bool:
    """Whether the declared policy gives the reader's role one of the actions at all."""
    return reader.role is not None and any(action in access.POLICY[reader.role] for action in actions)


def reaches(
    reader: Reader, action: Action, hukou: str, residence: str | None = None, line: Line | None = None
) -> bool:
    """Whether somebody, or a row, of these places and this line is the reader's for `action`, as declared."""
    grant = access.POLICY[reader.role].get(action) if reader.role else None
    if grant is None or (line is not None and line not in grant.lines):
        return False
    by_basis = {
        Basis.HUKOU: (hukou,),
        Basis.RESIDENCE: (residence or hukou,),
        Basis.EITHER: (hukou, residence),
    }
    return any(covers(reader.area, code) for code in by_basis[grant.basis])


def reaches_row(reader: Reader, action: Action, row: Any, line: Line | None = None) -> bool:
    """The same of a row whose model says where its places stand."""
    fields: AreaFields = row.ACCESS
    own = Line(_value(row, fields.line)) if fields.line else line
    residence = _value(row, fields.residence) if fields.residence else None
    return reaches(reader, action, _value(row, fields.hukou), residence, own)


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def office(reader: Reader) -> str:
    """The office of a post as packs write it ("education@county"); a guest's is the role alone."""
    if reader.role is None:
        return ""
    if reader.guest:
        return str(reader.role)
    short = {
        Role.COUNTY_FEDERATION: "federation", Role.FEDERATION_ABOVE: "federation", Role.TOWNSHIP_CLERK: "clerk",
        Role.COUNTY_CIVIL_AFFAIRS: "civil_affairs", Role.CIVIL_AFFAIRS_ABOVE: "civil_affairs",
        Role.VILLAGE_COMMISSIONER: "commissioner",
    }  # fmt: skip
    return f"{short.get(reader.role, reader.role)}@{TIERS[PLACES[reader.area][2]]}"


@dataclass
class CaseFact:
    """A case of the world as the test knows it."""

    case: Any
    waits: frozenset[str] = frozenset()  # at which offices, beside those that read the area's cases
    held: dict[str, str] = field(default_factory=dict)  # step → whose hands it is in
    took: frozenset[str] = frozenset()  # who did something in it
    reads: dict[str, frozenset[str]] = field(default_factory=dict)  # step → others its taker needs
    said: dict[str, str] = field(default_factory=dict)  # step → what stands on its form
    whole: tuple[str, ...] = ()  # what no guest reads of it: who was paid, who delivered
    files: dict[str, Any] = field(default_factory=dict)  # step → a file sent there
    notice: Any = None

    def steps_of(self, reader: Reader) -> frozenset[str]:
        return frozenset(step for step, who in self.held.items() if who == reader.username)

    def needed_by(self, reader: Reader) -> frozenset[str]:
        """The steps whose forms and files a guest reads."""
        mine = self.steps_of(reader)
        return mine.union(*(self.reads.get(one, frozenset()) for one in mine))

    def open_to(self, reader: Reader) -> bool:
        case = self.case
        if reader.role is None or not holds(reader, Action.CASE_STEP, Action.CASE_READ):
            return False
        if self.steps_of(reader) or (reader.username in self.took and not reader.guest):
            return True
        if not case.restricted and reaches(reader, Action.CASE_READ, case.hukou, case.residence):
            return True
        return not reader.guest and office(reader) in self.waits and covers(reader.area, case.area)


@dataclass
class Joined:
    """What joins somebody to a person besides the area they work in: steps, and needs sent to their office."""

    cases: list[CaseFact] = field(default_factory=list)
    needs: list[Any] = field(default_factory=list)

    def known(self, reader: Reader) -> set[int]:
        """The persons whose names the reader meets through a case or a need."""
        found = {one.case.person_id for one in self.cases if one.open_to(reader)}
        return found | {need.person_id for need in self.needs if reads_need(reader, need)}

    def unread(self, reader: Reader) -> Iterator[str]:
        """What stands in cases that the reader may not read, or not whole: numbers, forms, who was paid."""
        for one in self.cases:
            if not one.open_to(reader):
                yield from (str(one.case.uuid), one.case.number, *one.said.values(), *one.whole)
            elif reader.guest:
                needed = one.needed_by(reader)
                yield from (text for step, text in one.said.items() if step not in needed)
                yield from one.whole


def reads_need(reader: Reader, need: Any) -> bool:
    if not reaches(reader, Action.NEED_READ, need.hukou, need.residence):
        return False
    if need.owner_id is not None and need.owner.username == reader.username:
        return True
    looks_after = (Role.VILLAGE_COMMISSIONER, Role.TOWNSHIP_CLERK, Role.COUNTY_FEDERATION)
    climbed = need.climbed_on is not None and need.tier <= PLACES[reader.area][2]
    return (
        reader.role in looks_after
        or need.office == office(reader)
        or (climbed and reader.role == Role.FEDERATION_ABOVE)
    )


def enlist() -> None:
    """Accounts and posts for everybody who is not in the small cast."""
    for one in NEW.values():
        user = User.objects.create_user(one.username, None, name=one.name)
        Post.objects.create(user=user, role=one.role, area_id=one.area)
