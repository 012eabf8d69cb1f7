"""What became of a person after an answer or a correction, in sentences, within the actor's lines of work."""

from __future__ import annotations

from collections.abc import Iterable

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.enums import FindingKind, FindingState
from yice.loop.identify.models import Finding, Person
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.findings import closed_why
from yice.loop.identify.selectors.worklist import plans_of
from yice.loop.identify.services.rescreening import Rescreened
from yice.terms.messages import Message


def changed(actor: User, person: Person, done: Rescreened) -> list[str]:
    """A sentence for each finding that opened or closed; the ask itself, and other people's work, is left out."""
    keys = {*done.opened, *done.closed}
    if not keys:
        return []
    mine = access.scope(actor, Action.FINDING_READ, Finding.objects.filter(person=person))
    newest: dict[str, Finding] = {}
    for finding in mine.exclude(kind=FindingKind.ASK).order_by("id"):
        newest[f"{finding.kind}:{finding.group}"] = finding
    return list(_sentences(finding for key, finding in newest.items() if key in keys))


def _sentences(findings: Iterable[Finding]) -> Iterable[str]:
    found = list(findings)
    plans = plans_of(finding.pack_id for finding in found)
    for finding in found:
        title, benefit = words.titles(
            plans.get(finding.pack_id), finding.kind, finding.group, finding.benefit, finding.reason
        )
        kind, about = FindingKind(finding.kind).label, benefit or title
        if finding.state == FindingState.CLOSED:
            yield str(
                Message("不再是{kind}（{about}）：{why}。", kind=kind, about=about, why=closed_why(finding))
            )
        else:
            yield str(Message("新发现{kind}：{about}。", kind=kind, about=about))
