"""The one place that answers: may this person do that, to which rows, and why.

The policy is the table `POLICY` below: role → action → Grant. A model that holds rows about persons declares
where its area stands with `ACCESS = AreaFields(...)`; `scope` turns grants into one query condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from django.db.models import Model, Q, QuerySet

from yice.accounts.enums import Action, Basis, Line, Role
from yice.accounts.models import Post, User
from yice.terms.errors import Problem
from yice.terms.messages import Message

BOTH = frozenset(Line)
HELP = frozenset({Line.ENTITLEMENT})
PAY = frozenset({Line.PAYMENT})


@dataclass(frozen=True)
class Grant:
    """What a role may see of an action: lines of work, and which place of the person must lie in the post's area."""

    basis: Basis = Basis.HUKOU
    lines: frozenset[Line] = BOTH


_EITHER = Grant(Basis.EITHER)
_HELP = Grant(Basis.EITHER, HELP)

# Needs, plans and cases. `CASE_READ` opens every case of the area that is not restricted; with `CASE_STEP` alone
# somebody sees the cases that reached their own office, a guest of the house those that were handed to them.
_ASK: dict[Action, Grant] = {
    Action.ROUND_READ: Grant(Basis.RESIDENCE),
    Action.ROUND_FILL: Grant(Basis.RESIDENCE),
    Action.NEED_READ: _EITHER,
    Action.NEED_HANDLE: _EITHER,
    Action.ASSESSMENT_READ: _EITHER,
    Action.ASSESSMENT_RECORD: _EITHER,
    Action.PLAN_READ: _EITHER,
    Action.CASE_READ: _EITHER,
    Action.CASE_OPEN: _EITHER,
    Action.CASE_STEP: _EITHER,
}
_LEAD: dict[Action, Grant] = {
    **_ASK,
    Action.ROUND_CHECK: Grant(Basis.RESIDENCE),
    Action.PLAN_WRITE: _EITHER,
    Action.CASE_ASSIGN: _EITHER,
    Action.TIE_DECLARE: _EITHER,
}
_OFFICE: dict[Action, Grant] = {
    Action.NEED_READ: _EITHER,  # those sent to their department
    Action.NEED_HANDLE: _EITHER,
    Action.CASE_OPEN: _EITHER,  # only services whose first step is its own
    Action.CASE_STEP: _EITHER,
    Action.POLICY_READ: Grant(),
}
_GUEST: dict[Action, Grant] = {Action.CASE_STEP: _EITHER}

# In an emergency whoever serves people at the counter reads somebody out of reach for three hours (accounts.glass).
_GLASS = {Action.GLASS_BREAK: Grant()}

POLICY: dict[Role, dict[Action, Grant]] = {
    Role.VILLAGE_COMMISSIONER: {
        Action.PERSON_READ: _EITHER,
        Action.PERSON_CONTACT: _EITHER,
        Action.CONSENT_RECORD: _EITHER,
        Action.FINDING_READ: _HELP,
        Action.FINDING_HANDLE: _HELP,
        Action.ASK_ANSWER: _EITHER,
        Action.VISIT_PLAN: _EITHER,
        Action.REPORT_READ: Grant(Basis.HUKOU, HELP),
        Action.REPORT_NAMES: Grant(Basis.HUKOU, HELP),
        Action.POLICY_READ: Grant(),
        **_ASK,
    },
    Role.TOWNSHIP_CLERK: {
        **_GLASS,
        Action.PERSON_READ: _EITHER,
        Action.PERSON_UNMASK: _EITHER,
        Action.PERSON_CONTACT: _EITHER,
        Action.PERSON_CORRECT: _EITHER,
        Action.CONSENT_RECORD: _EITHER,
        Action.GUARDIAN_RECORD: _EITHER,
        Action.RECORD_COPY: _EITHER,
        Action.FINDING_READ: _HELP,
        Action.FINDING_HANDLE: _HELP,
        Action.ASK_ANSWER: _EITHER,
        Action.VISIT_PLAN: _EITHER,
        Action.EXPORT: _HELP,
        Action.REPORT_READ: Grant(Basis.HUKOU, HELP),
        Action.REPORT_NAMES: Grant(Basis.HUKOU, HELP),
        Action.POLICY_READ: Grant(),
        **_LEAD,
    },
    Role.COUNTY_FEDERATION: {
        **_GLASS,
        Action.GLASS_REVIEW: Grant(),
        Action.PERSON_READ: _EITHER,
        Action.PERSON_UNMASK: _EITHER,
        Action.PERSON_CONTACT: _EITHER,
        Action.PERSON_CORRECT: _EITHER,
        Action.CONSENT_RECORD: _EITHER,
        Action.GUARDIAN_RECORD: _EITHER,
        Action.RIGHTS_ANSWER: _EITHER,
        Action.RECORD_COPY: _EITHER,
        Action.RETENTION_MANAGE: Grant(),
        Action.FINDING_READ: Grant(),
        Action.FINDING_HANDLE: Grant(Basis.EITHER, HELP),
        Action.ASK_ANSWER: _EITHER,
        Action.VISIT_PLAN: _EITHER,
        Action.IMPORT_READ: Grant(),
        Action.IMPORT_REGISTRY: Grant(),
        Action.IMPORT_LIST: Grant(),
        Action.LIST_READ: Grant(),
        Action.REVIEW_READ: Grant(),
        Action.REVIEW_DECIDE: Grant(Basis.HUKOU, HELP),
        Action.SCREENING_RUN: Grant(),
        Action.EXPORT: Grant(),
        Action.REPORT_READ: Grant(),
        Action.REPORT_FREEZE: Grant(),
        Action.REPORT_NAMES: Grant(),
        Action.POLICY_READ: Grant(),
        Action.POLICY_COMPARE: Grant(),
        Action.POLICY_IN_FORCE: Grant(),
        Action.AUDIT_READ: Grant(),
        **_LEAD,
        Action.ROUND_MANAGE: Grant(),
        Action.ASSESSOR_MANAGE: Grant(),
        Action.PROVIDER_MANAGE: Grant(),
    },
    Role.COUNTY_CIVIL_AFFAIRS: {
        **_GLASS,
        Action.GLASS_REVIEW: Grant(),
        Action.PERSON_READ: Grant(),
        Action.PERSON_UNMASK: Grant(),
        Action.PERSON_CONTACT: Grant(),
        Action.FINDING_READ: Grant(),
        Action.FINDING_HANDLE: Grant(Basis.HUKOU, PAY),
        Action.IMPORT_READ: Grant(),
        Action.IMPORT_LIST: Grant(),
        Action.LIST_READ: Grant(),
        Action.REVIEW_READ: Grant(),
        Action.REVIEW_DECIDE: Grant(Basis.HUKOU, PAY),
        Action.EXPORT: Grant(Basis.HUKOU, PAY),
        Action.REPORT_READ: Grant(),
        Action.REPORT_NAMES: Grant(Basis.HUKOU, PAY),
        Action.POLICY_READ: Grant(),
        Action.POLICY_COMPARE: Grant(),
        Action.POLICY_IN_FORCE: Grant(),
        Action.AUDIT_READ: Grant(),
        Action.NEED_READ: _EITHER,
        Action.NEED_HANDLE: _EITHER,
        Action.CASE_READ: Grant(),
        Action.CASE_OPEN: Grant(),
        Action.CASE_STEP: Grant(),
        Action.CASE_ASSIGN: Grant(),
    },
    Role.FEDERATION_ABOVE: {
        **_OFFICE,
        Action.REPORT_READ: Grant(),
        Action.LIST_READ: Grant(),
        Action.CASE_ASSIGN: _EITHER,
        Action.ASSESSOR_MANAGE: Grant(),
        Action.PROVIDER_MANAGE: Grant(),
    },
    Role.CIVIL_AFFAIRS_ABOVE: {**_OFFICE, Action.REPORT_READ: Grant(), Action.LIST_READ: Grant()},
    Role.FINANCE: _OFFICE,
    Role.EDUCATION: _OFFICE,
    Role.HEALTH: _OFFICE,
    Role.HUMAN_RESOURCES: _OFFICE,
    Role.MEDICAL_INSURANCE: _OFFICE,
    Role.HOUSING: _OFFICE,
    Role.RURAL_AFFAIRS: _OFFICE,
    Role.JUSTICE: _OFFICE,
    Role.COMMITTEE: {**_OFFICE, Action.REPORT_READ: Grant()},
    Role.ARBITRATOR: _GUEST,
    Role.ASSESSOR: _GUEST,
    Role.PROVIDER: _GUEST,
    Role.EVALUATOR: _GUEST,
    Role.SCHOOL: _GUEST,
    Role.CLINIC: _GUEST,
    Role.EMPLOYER: _GUEST,
    Role.VOLUNTEER: _GUEST,
    Role.PROVINCIAL_VIEWER: {
        Action.REPORT_READ: Grant(),
        Action.POLICY_READ: Grant(),
    },
    Role.SYSTEM_ADMINISTRATOR: {
        Action.ACCOUNT_MANAGE: Grant(),
        Action.POLICY_READ: Grant(),
    },
    Role.SECURITY_ADMINISTRATOR: {Action.ACCOUNT_ENTITLE: Grant()},
    Role.AUDIT_ADMINISTRATOR: {Action.AUDIT_OVERSEE: Grant()},
}
# One makes accounts, one gives them power, one watches both. Nobody holds two of these, or any of them beside a post
# that reads cases.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})


@dataclass(frozen=True)
class AreaFields:
    """Lookup paths of a model's area codes, and of the line of work when its rows have one."""

    hukou: str
    residence: str | None = None
    line: str | None = None

    def paths(self, basis: Basis) -> list[str]:
        if basis is Basis.RESIDENCE and self.residence:
            return [self.residence]
        if basis is Basis.EITHER and self.residence:
            return [self.hukou, self.residence]
        return [self.hukou]


@dataclass(frozen=True)
class Place:
    """An area as a subject of the policy: `require(actor, Action.REPORT_READ, Place(code))`."""

    area: str
    ACCESS: ClassVar[AreaFields] = AreaFields(hukou="area")


class Scoped(Protocol):
    """A row the policy can judge: its codes by basis, its line of work (None: any)."""

    @property
    def ACCESS(self) -> AreaFields: ...


@dataclass(frozen=True)
class Decision:
    """Allowed or not, and the sentence that says why."""

    allowed: bool
    why: Message


M = TypeVar("M", bound=Model)


def grants(actor: User, action: Action) -> list[tuple[Post, Grant]]:
    """The posts of the day that carry `action`, each with what it grants; by a token only what it was made for."""
    found: list[tuple[Post, Grant]] = []
    if actor.only is not None and action not in actor.only:
        return found
    for post in actor.posts_on():
        grant = POLICY[Role(post.role)].get(action)
        if grant is not None:
            found.append((post, grant))
    return found


def granted(post: Post) -> dict[Action, Grant]:
    """What a post carries while it is held, in the order of the actions."""
    table = POLICY[Role(post.role)]
    return {action: table[action] for action in Action if action in table}


def may(actor: User, action: Action, subject: Scoped | None = None, *, line: Line | None = None) -> Decision:
    """Whether `actor` may do `action` (to `subject`, in `line`), with the reason."""
    held = grants(actor, action)
    if not held:
        return Decision(False, Message("您的岗位没有“{action}”的权限。", action=action.label))
    if subject is not None:
        fields = subject.ACCESS
        line = line or (Line(_value(subject, fields.line)) if fields.line else None)
        held = [
            (post, grant)
            for post, grant in held
            if any(post.area.covers(_value(subject, path) or "") for path in fields.paths(grant.basis))
        ]
        if not held:
            return Decision(False, Message("不在您负责的区域内，不能“{action}”。", action=action.label))
    if line is not None:
        held = [(post, grant) for post, grant in held if line in grant.lines]
        if not held:
            return Decision(
                False,
                Message("“{line}”不归您的岗位办理，不能“{action}”。", line=line.label, action=action.label),
            )
    post = held[0][0]
    return Decision(
        True,
        Message(
            "作为{area}的{role}，可以“{action}”。",
            area=post.area.name,
            role=post.get_role_display(),
            action=action.label,
        ),
    )


def require(actor: User, action: Action, subject: Scoped | None = None, *, line: Line | None = None) -> None:
    """Raise `Forbidden` with the reason unless `may` allows it."""
    decision = may(actor, action, subject, line=line)
    if not decision.allowed:
        raise Forbidden(decision.why)


class Forbidden(Problem):
    """Not allowed here; the sentence says why and whom to ask."""

    def __init__(self, why: Message) -> None:
        super().__init__("forbidden", why, fix=Message("如果工作需要，请联系本单位的系统管理员。"))


def condition(actor: User, action: Action, fields: AreaFields) -> Q:
    """The query condition for the rows of `action` that `actor` may touch; nothing granted matches nothing."""
    total = Q(pk__in=[])
    for post, grant in grants(actor, action):
        here = Q(pk__in=[])
        for path in fields.paths(grant.basis):
            here |= Q(**{f"{path}__gte": post.area.code, f"{path}__lt": post.area.end})
        if fields.line and grant.lines != BOTH:
            here &= Q(**{f"{fields.line}__in": sorted(grant.lines)})
        total |= here
    return total


def scope(actor: User, action: Action, rows: QuerySet[M]) -> QuerySet[M]:
    """`rows` narrowed to what `actor` may touch with `action`; the model declares `ACCESS`."""
    fields: AreaFields = rows.model.ACCESS  # type: ignore[attr-defined]
    return rows.filter(condition(actor, action, fields))


def keys(actor: User, action: Action, rows: QuerySet[M]) -> QuerySet[M]:
    """The keys of what `scope` gives, as a union of one query a place: for `other.filter(person__in=keys(…))`.

    Joined, the OR over two columns of a large table may make the database read all of it; each part has an index.
    """
    fields: AreaFields = rows.model.ACCESS  # type: ignore[attr-defined]
    parts = []
    for post, grant in grants(actor, action):
        narrow = {f"{fields.line}__in": sorted(grant.lines)} if fields.line and grant.lines != BOTH else {}
        for path in fields.paths(grant.basis):
            here = {f"{path}__gte": post.area.code, f"{path}__lt": post.area.end, **narrow}
            parts.append(rows.filter(**here).order_by().values("pk"))
    return parts[0].union(*parts[1:]) if parts else rows.none().values("pk")


def lines(actor: User, action: Action) -> frozenset[Line]:
    """The lines of work in which `actor` may do `action` anywhere."""
    return frozenset().union(*(grant.lines for _post, grant in grants(actor, action)))


def ranges(actor: User, action: Action) -> list[tuple[str, str]]:
    """The half-open code ranges in which `actor` may do `action`, for queries outside the ORM."""
    return sorted({(post.area.code, post.area.end) for post, _grant in grants(actor, action)})


def _value(subject: Any, path: str) -> Any:
    for name in path.split("__"):
        subject = getattr(subject, name)
    return subject
