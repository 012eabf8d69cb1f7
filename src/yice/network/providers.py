"""Who may be ordered: a provider applies, is judged by the plan's conditions, admitted for a time, suspended, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Role
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers.division import ancestors, upper_bound
from yice.network.groups import belonging
from yice.network.models import Entry, Of, Provider, ProviderState, ProviderStep
from yice.rules.kernel.screening import Decision
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

MOVES = {
    ProviderState.ADMITTED: (ProviderState.APPLIED, ProviderState.SUSPENDED, ProviderState.ADMITTED),
    ProviderState.SUSPENDED: (ProviderState.ADMITTED,),
    ProviderState.ENDED: (ProviderState.APPLIED, ProviderState.ADMITTED, ProviderState.SUSPENDED),
}


def apply(
    *, actor: User, name: str, area: str, kind: str, services: Sequence[str], capacity: int | None = None
) -> Provider:
    """Take an application into the network of `area`. The same organisation applies once; ended, it may apply again."""
    access.require(actor, Action.PROVIDER_MANAGE, Place(area))
    name = name.strip()
    wrong = []
    if not name:
        wrong.append(Problem("name-missing", Message("请填写机构全称。"), field="name"))
    if not services:
        wrong.append(Problem("services-missing", Message("请选择承接哪些服务。"), field="services"))
    if wrong:
        raise Problems(wrong)
    with transaction.atomic():
        rows = Provider.objects.select_for_update().filter(name=name, area=area)
        if rows.exclude(state=ProviderState.ENDED).exists():
            raise Problem("provider-there", Message("这家机构已经申请过，或者已经准入。"), field="name")
        made = Provider.objects.create(
            name=name, area=area, kind=kind, services=sorted(set(services)), capacity=capacity,
            applied_on=clock.today(),
        )  # fmt: skip
        _step(actor, made, ProviderState.APPLIED, "")
    return made


def judge(plan: Plan, provider: Provider, groups: Sequence[str]) -> list[Decision] | None:
    """What the plan's conditions on providers say of it by the register of organisations; None: it is not on one."""
    entry = entry_of(provider)
    if entry is None:
        return None
    (decided,) = belonging(plan, Of.ORGANISATION, [entry], clock.today())
    return [one for one in decided if one.group in groups]


def entry_of(provider: Provider) -> Entry | None:
    """Its line in the register that stands today."""
    day = clock.today()
    rows = Entry.objects.filter(
        of=Of.ORGANISATION, name=provider.name, area=provider.area, valid_from__lte=day
    )
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=day))
    return rows.filter(kind=provider.kind).first() or rows.order_by("id").first()


def admit(
    *,
    actor: User,
    provider: Provider,
    version: int,
    since: dt.date,
    until: dt.date,
    capacity: int | None,
    note: str = "",
    decided: Sequence[Decision] | None = (),
) -> Provider:
    """Admit it, or admit it anew, from `since` to `until`. `decided`: what the plan's conditions say (`judge`).

    Who does not meet one is not admitted; where one cannot be told, or the organisation is on no register, `note` says
    how the condition was seen to be met.
    """
    no = [one.group for one in decided or () if one.status == "ineligible"]
    unsure = decided is None or any(one.status == "unknown" for one in decided)
    wrong = []
    if until < since or until < clock.today():
        wrong.append(Problem("dates", Message("起止日期不对。"), field="until"))
    if capacity is not None and capacity < 1:
        wrong.append(Problem("capacity", Message("能服务的人数至少为一；不限就空着。"), field="capacity"))
    if no:
        wrong.append(Problem("conditions", Message("不符合政策包规定的准入条件，不能准入。"), field="note"))
    elif unsure and not note.strip():
        what = Message("有的准入条件在名册上看不出来，请写明是怎样核实的。")
        wrong.append(Problem("reason-missing", what, field="note"))
    if wrong:
        raise Problems(wrong)
    more = {"since": since, "until": until, "capacity": capacity}
    return _move(actor, provider, version, ProviderState.ADMITTED, note, **more)


def suspend(*, actor: User, provider: Provider, version: int, note: str) -> Provider:
    """No new orders; what is in hand goes on."""
    return _move(actor, provider, version, ProviderState.SUSPENDED, _reason(note))


def end(*, actor: User, provider: Provider, version: int, note: str) -> Provider:
    """Out of the network, or the application declined. Its people may hold nothing any more."""
    return _move(actor, provider, version, ProviderState.ENDED, _reason(note))


def attach(*, actor: User, provider: Provider, user: User, version: int) -> Provider:
    """Say for which provider an account works, one at most."""
    access.require(actor, Action.PROVIDER_MANAGE, provider)
    if not any(post.role == Role.PROVIDER for post in user.posts_on()):
        raise Problem("not-a-provider", Message("请选择有服务机构岗位的账号。"), field="user")
    with transaction.atomic():
        row = _locked(provider, version)
        for other in Provider.objects.filter(people=user):
            other.people.remove(user)
        row.people.add(user)
        _counted(row)
        values = {"provider": row.name, "who": user.name}
        record(actor=actor, code="provider.attached", subject=row, area=row.area, values=values)
    return row


def _reason(note: str) -> str:
    if not note.strip():
        raise Problem("reason-missing", Message("请写明理由。"), field="note")
    return note


def _move(
    actor: User, provider: Provider, version: int, state: ProviderState, note: str, **values: object
) -> Provider:
    access.require(actor, Action.PROVIDER_MANAGE, provider)
    with transaction.atomic():
        row = _locked(provider, version)
        if row.state not in MOVES[state]:
            raise Problem("stale", Message("这家机构现在是“{state}”。", state=ProviderState(row.state).label))
        for name, value in values.items():
            setattr(row, name, value)
        row.state = state
        _counted(row)
        _step(actor, row, state, note)
    return row


def _locked(provider: Provider, version: int) -> Provider:
    row = Provider.objects.select_for_update().get(pk=provider.pk)
    if row.version != version:
        last = row.steps.select_related("by").order_by("-id").first()
        why = Message("{who}：{what}", who=last.by.name, what=last.get_state_display()) if last else None
        raise Problem(
            "stale",
            Message("您打开页面之后，这家机构的情况已经有了变化。"),
            why=why,
            fix=Message("请看过最新情况后再办理。"),
        )
    return row


def _counted(row: Provider) -> None:
    row.version += 1
    row.save()


def _step(actor: User, row: Provider, state: ProviderState, note: str) -> None:
    ProviderStep.objects.create(
        provider=row,
        state=state,
        note=note.strip(),
        since=row.since,
        until=row.until,
        by=actor,
        at=clock.now(),
    )
    values = {"provider": row.name, "state": str(ProviderState(state).label)}
    record(actor=actor, code="provider.moved", subject=row, area=row.area, values=values)


# Reading.


def providers(actor: User) -> QuerySet[Provider]:
    """Those of the actor's areas, the admitted first."""
    rows = access.scope(actor, Action.PROVIDER_MANAGE, Provider.objects.all())
    return rows.order_by("state", "area", "name")


def orderable(area: str, service: str, day: dt.date | None = None) -> list[Provider]:
    """Who may be ordered for a service in an area on a day: admitted there or above, for that service. By name."""
    day = day or clock.today()
    rows = Provider.objects.filter(
        state=ProviderState.ADMITTED, area__in=[area, *ancestors(area)], since__lte=day, until__gte=day
    )
    return [one for one in rows.order_by("name", "id") if service in one.services]


def of(user: User) -> Provider | None:
    """For whom an account works."""
    return Provider.objects.filter(people=user).first()


def serves(user: User, day: dt.date) -> bool:
    """Whether the contract of whom an account works for stands on `day`: suspended, what is in hand goes on; over, it
    ends with it. An account that is said to work for nobody stands for itself."""
    found = of(user)
    if found is None:
        return True
    admitted = found.state in (ProviderState.ADMITTED, ProviderState.SUSPENDED)
    return bool(admitted and found.since and found.until and found.since <= day <= found.until)


def could_work_for(provider: Provider) -> list[User]:
    """Accounts with a provider's post in its area that are not said to work for it yet. By name."""
    end = upper_bound(provider.area)
    rows = User.objects.filter(
        is_active=True,
        posts__role=Role.PROVIDER,
        posts__area__code__gte=provider.area,
        posts__area__code__lt=end,
    )
    there = provider.people.values("pk")
    return list(rows.exclude(pk__in=there).distinct().order_by("name", "id")[:200])


def why_not(provider: Provider, service: str | None, day: dt.date | None = None) -> Iterator[Message]:
    """Everything that forbids ordering from it; `service` where that one asks for admission."""
    day = day or clock.today()
    if provider.state != ProviderState.ADMITTED:
        state = ProviderState(provider.state).label
        yield Message("{name}现在是“{state}”，不能派单。", name=provider.name, state=state)
    elif not (provider.since and provider.until and provider.since <= day <= provider.until):
        yield Message("{name}的准入不在有效期内。", name=provider.name)
    if service is not None and service not in provider.services:
        yield Message("{name}没有准入这项服务。", name=provider.name)
