"""A case walked step by step: who does what, without a browser. Shared by the tests of every service."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.cast import COUNTY, STREET, Cast

from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.loop.deliver import services
from yice.loop.deliver.models import Case, OpenStep
from yice.loop.deliver.services import Subject
from yice.loop.identify.enums import Channel

_keys = itertools.count(1)


def staff(username: str, name: str, role: Role, area: str = COUNTY) -> User:
    """One more member of staff with one post."""
    user = User.objects.create_user(username, "the test password", name=name)
    Post.objects.create(user=user, role=role, area_id=area)
    return user


def finance() -> User:
    return staff("qian", "钱财政", Role.FINANCE)


def second_clerk() -> User:
    return staff("wen", "文经办", Role.TOWNSHIP_CLERK, STREET)


def again(user: User) -> User:
    """The same person at a new request: posts are read once a user object."""
    return User.objects.get(pk=user.pk)


@dataclass
class Walk:
    """A case in the hands of those who walk it."""

    case: Case
    keys: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, actor: User, service: str, subject: Subject, **more: Any) -> Walk:
        more = {"channel": Channel.WINDOW, "key": f"open-{next(_keys)}", **more}
        return cls(services.open_case(actor=actor, service=service, subject=subject, **more))

    def take(self, actor: User, step: str, outcome: str, **more: Any) -> Case:
        return self._do(services.take_step, actor, step=step, outcome=outcome, **more)

    def back(self, actor: User, step: str, **more: Any) -> Case:
        return self._do(services.return_for_correction, actor, step=step, **more)

    def refuse(self, actor: User, step: str, **more: Any) -> Case:
        return self._do(services.refuse, actor, step=step, **more)

    def hand(self, actor: User, step: str, to: User, **more: Any) -> Case:
        return self._do(services.hand_over, actor, step=step, to=to, **more)

    def _do(self, service: Any, actor: User, **more: Any) -> Case:
        self.case.refresh_from_db()
        more = {"key": f"key-{next(_keys)}", "version": self.case.version, **more}
        self.case = service(actor=again(actor), case=self.case, **more)
        return self.case

    def waiting(self) -> list[str]:
        """The steps that wait, by name."""
        return sorted(OpenStep.objects.filter(case=self.case).values_list("step", flat=True))

    def open_step(self, step: str) -> OpenStep:
        return OpenStep.objects.get(case=self.case, step=step)

    def last(self) -> Any:
        return self.case.records.order_by("-version").first()


__all__ = ["Cast", "Subject", "Walk", "again", "finance", "second_clerk", "staff"]
