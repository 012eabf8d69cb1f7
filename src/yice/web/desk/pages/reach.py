"""Why somebody may see or do something, or not: of one person for the reader, of one account for whoever manages it.

Nothing here is worked out anew: the sentences are those of the policy itself, which every query and service asks.
"""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yice.accounts import access, selectors
from yice.accounts.enums import Action, Line
from yice.accounts.models import Post, User
from yice.loop.identify.selectors.person import identity_and_settled
from yice.loop.identify.services import person as readable
from yice.web.desk.door import page, signed_in_page
from yice.web.desk.person_parts import bar
from yice.web.ui import words

# What is done to one person, with the lines of work where they differ.
ASKED: tuple[tuple[Action, Line | None], ...] = (
    (Action.PERSON_READ, None),
    (Action.PERSON_CONTACT, None),
    (Action.PERSON_UNMASK, None),
    (Action.PERSON_CORRECT, None),
    *((action, line) for action in (Action.FINDING_READ, Action.FINDING_HANDLE) for line in Line),
    (Action.ASK_ANSWER, None),
    (Action.VISIT_PLAN, None),
    (Action.NEED_READ, None),
    (Action.NEED_HANDLE, None),
    (Action.ASSESSMENT_READ, None),
    (Action.ASSESSMENT_RECORD, None),
    (Action.PLAN_READ, None),
    (Action.PLAN_WRITE, None),
    (Action.CASE_READ, None),
    (Action.CASE_OPEN, None),
    (Action.CASE_STEP, None),
)


@page(Action.PERSON_READ, shows="person")
def person_access(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """What the reader may do for this person, each with its reason; who cannot read the person learns nothing here."""
    row = readable(request.user, person)
    identity = identity_and_settled(request.user, row)[0]
    asked = [(action, line, access.may(request.user, action, row, line=line)) for action, line in ASKED]
    context = {
        "shown": {"identity": identity},
        "bar": bar(identity),
        "rows": [
            (f"{action.label} · {line.label}" if line else action.label, told) for action, line, told in asked
        ],
    }
    return render(request, "desk/person_access.html", context)


@signed_in_page
def my_access(request: HttpRequest) -> HttpResponse:
    return _powers(request, request.user, own=True)


@page(Action.ACCOUNT_MANAGE, Action.ACCOUNT_ENTITLE)
def account_access(request: HttpRequest, account: int) -> HttpResponse:
    """The same of an account within the manager's area: its posts and the policy, no case and no person."""
    return _powers(request, selectors.account(request.user, account), own=False)


def _powers(request: HttpRequest, account: User, *, own: bool) -> HttpResponse:
    posts = list(account.posts.select_related("area").order_by("role", "area_id"))
    context = {
        "account": account,
        "own": own,
        "posts": [(post, selectors.held_now(post), _granted(post)) for post in posts],
    }
    return render(request, "desk/powers.html", context)


def _granted(post: Post) -> list[tuple[str, str, str]]:
    """Action, which lines of work, by which place of the person."""
    return [
        (
            str(action.label),
            _("全部") if grant.lines == access.BOTH else words.listed(one.label for one in grant.lines),
            str(grant.basis.label),
        )
        for action, grant in access.granted(post).items()
    ]
