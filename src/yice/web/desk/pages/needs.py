"""What people ask for: taken by any channel, answered to the person, never closed in silence."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.deliver.selectors.case import cases_of
from yice.loop.deliver.selectors.offers import meets
from yice.loop.deliver.services.standing import office_name, service_of
from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome, NeedState
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Need
from yice.loop.identify.selectors import needs as selectors
from yice.loop.identify.selectors.person import identity_and_settled
from yice.loop.identify.services import needs as services
from yice.loop.identify.services import rows
from yice.policy.words import text
from yice.rules.services import NEEDS, OFFICES
from yice.terms import clock
from yice.terms.workdays import working_days_between
from yice.web.desk.case_parts import left_words
from yice.web.desk.door import page
from yice.web.desk.forms import SATISFIED, choose, refusing
from yice.web.desk.paging import number_of, page_of
from yice.web.desk.person_parts import bar
from yice.web.ui.forms import DayField, FilterForm, Form
from yice.web.ui.parts import Entry

PAGE_SIZE = 25
# A finding has a channel of its own; what somebody types came by one of these.
CHANNELS = [one for one in Channel.choices if one[0] != Channel.FINDING]


def kinds() -> list[tuple[str, str]]:
    return [(name, text(words)) for name, words in NEEDS.items()]


class NeedFilterForm(FilterForm):
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        choices=[("waiting", gettext_lazy("未办结")), *NeedState.choices],
        initial="waiting",
    )
    overdue = forms.BooleanField(label=gettext_lazy("只看逾期"))
    mine = forms.BooleanField(label=gettext_lazy("只看我承办的"))
    climbed = forms.BooleanField(label=gettext_lazy("只看逾期报上来的"))
    adrift = forms.BooleanField(label=gettext_lazy("只看没有人承办的"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [("", _("全部")), *kinds()]  # type: ignore[attr-defined]

    def filters(self) -> selectors.NeedFilters:
        said = self.cleaned_data if self.is_valid() else {}
        return selectors.NeedFilters(
            kind=said.get("kind", ""),
            state=said.get("state") or "waiting",
            overdue=bool(said.get("overdue")),
            mine=bool(said.get("mine")),
            climbed=bool(said.get("climbed")),
            adrift=bool(said.get("adrift")),
        )


class NewForm(Form):
    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    kind = forms.ChoiceField(label=gettext_lazy("需要哪方面的帮助"))
    channel = forms.ChoiceField(label=gettext_lazy("从哪里知道的"), choices=CHANNELS, initial=Channel.VISIT)
    said = forms.CharField(
        label=gettext_lazy("怎么说的"),
        help_text=gettext_lazy("用本人的话，简短写下。"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
    said_by = forms.CharField(
        label=gettext_lazy("谁提出的（不是本人时填写）"), required=False, max_length=100
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex})
        choose(self.fields["kind"], kinds())


class AnswerForm(Form):
    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    outcome = forms.ChoiceField(
        label=gettext_lazy("结果怎样"), choices=NeedOutcome.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("怎样答复了本人"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("请写明怎样答复了本人：没有答复就不能办结。")},
    )
    answered_by = forms.ChoiceField(label=gettext_lazy("用什么方式答复"), choices=AnsweredBy.choices)
    answered_on = DayField(label=gettext_lazy("哪一天答复"), not_after=clock.today)


class OwnForm(Form):
    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    owner = forms.ChoiceField(label=gettext_lazy("换谁承办"))

    def __init__(self, able: list[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.able = {str(one.pk): one for one in able}
        choose(self.fields["owner"], [(key, one.name) for key, one in self.able.items()])


class RateForm(Form):
    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    satisfied = forms.TypedChoiceField(
        label=gettext_lazy("本人对办理满意吗"), choices=SATISFIED, coerce=int, widget=forms.RadioSelect
    )


class SendForm(Form):
    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    office = forms.ChoiceField(label=gettext_lazy("转给哪个部门"))
    note = forms.CharField(
        label=gettext_lazy("说明（选填）"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = [f"{name}@county" for name, tiers in OFFICES.items() if "county" in tiers]
        self.fields["office"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((one, office_name(one)) for one in offices),
        ]


@page(Action.NEED_READ, shows=LIST)
def needs(request: HttpRequest) -> HttpResponse:
    form = NeedFilterForm(request.GET or None)
    found = selectors.waiting(request.user, form.filters())
    number, total = number_of(request.GET), found.count()
    some = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    places = areas.names({row.residence for row in some})
    views = [
        (row, text(NEEDS[row.kind]), places.get(row.residence, row.residence), _left(row)) for row in some
    ]
    context = {"form": form, "rows": views, "total": total, "page": page_of(total, number, PAGE_SIZE)}
    return render(request, "desk/needs.html", context)


def _left(row: Need) -> str:
    if row.state == NeedState.CLOSED:
        return ""
    return left_words(working_days_between(clock.today(), row.due_on))


@page(Action.NEED_HANDLE, post=True, shows="person")
def new(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Take down what somebody needs; the same need said again joins the one that is open."""
    found = rows.person(request.user, person)
    identity, _plan, _held = identity_and_settled(request.user, found)
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        with refusing(form):
            taken = services.record_need(
                actor=request.user,
                person=found,
                kind=said["kind"],
                channel=Channel(said["channel"]),
                key=said["key"],
                said=said["said"],
                said_by=said["said_by"],
            )
            told = (
                _("同一需求已经在办，记到了那一件上：{number}")
                if taken.joined
                else _("已登记，编号 {number}")
            )
            messages.success(request, told.format(number=taken.need.number))
            return HttpResponseRedirect(reverse("desk:need", args=[taken.need.uuid]))
    context = {
        "identity": identity,
        "bar": bar(identity),
        "form": form,
        "heading": _("登记需求"),
        "send": _("登记"),
        "hint": _("登记后有编号、有承办人、有答复期限；没有答复本人不能办结。"),
    }
    return render(request, "desk/person_form.html", context, status=422 if form.errors else 200)


@page(Action.NEED_READ, post=True, shows="need")
def need(request: HttpRequest, need: uuid.UUID) -> HttpResponse:
    """One need: everything said and done; answering it, sending it to who can, giving it to a colleague, and how
    satisfied the person is."""
    row = services.need_for(request.user, need)
    shown = selectors.view(row)
    may = access.may(request.user, Action.NEED_HANDLE, row).allowed
    open_now = may and row.state != NeedState.CLOSED
    able = selectors.able_to_own(row) if open_now else []
    asked = next((name for name in ("office", "owner", "satisfied") if name in request.POST), "outcome")
    initial = {"version": row.version, "key": uuid.uuid4().hex, "answered_on": clock.today()}

    def data(name: str) -> QueryDict | None:
        return request.POST if request.method == "POST" and asked == name else None

    posts = {
        "outcome": AnswerForm(data("outcome"), initial=initial),
        "office": SendForm(data("office"), initial=initial),
        "owner": OwnForm(able, data("owner"), initial=initial),
        "satisfied": RateForm(data("satisfied"), initial=initial),
    }
    form = posts[asked]
    if form.is_bound and form.is_valid():
        done = _moved(request, row, form)
        if done is not None:
            return done
    # Applications are taken from the person's page: a department that may not read it is offered neither.
    knows = access.may(request.user, Action.PERSON_READ, row.person).allowed
    cases = [one for one in cases_of(request.user, row.person) if one.need_id == row.pk]
    context = {
        "need": row,
        "knows": knows,
        "kind": text(NEEDS[row.kind]),
        "left": "" if shown.left is None else left_words(shown.left),
        "late": shown.left is not None and shown.left < 0,
        "voices": shown.voices,
        "log": [
            Entry(
                str(services.STEPS.get(one.kind, one.kind)),
                one.at,
                by=one.by.name if one.by else "",
                text=one.note,
            )
            for one in shown.steps
        ],
        "office": office_name(row.office) if row.office else "",
        "cases": [(one, text(service_of(one).title)) for one in cases],
        "answer": posts["outcome"],
        "send": posts["office"],
        "own": posts["owner"] if able else None,
        "rate": posts["satisfied"],
        "form": form,
        "may": open_now,
        "may_open": open_now
        and knows
        and access.may(request.user, Action.CASE_OPEN, row).allowed
        and meets(row.person, row.kind),
        # Two answered at once: the one who came second finds their words on the page, to be said elsewhere.
        "unsaved": form["answer"].value() if form.errors and not open_now and asked == "outcome" else "",
        "may_rate": may and row.state == NeedState.CLOSED and row.satisfied is None,
    }
    return render(request, "desk/need.html", context, status=422 if form.errors else 200)


def _moved(request: HttpRequest, row: Need, form: Form) -> HttpResponse | None:
    said = dict(form.cleaned_data)
    with refusing(form, version=row.version):
        if isinstance(form, SendForm):
            services.send_need(actor=request.user, need=row, **said)
            told = _("已转交，答复的期限不变。")
        elif isinstance(form, OwnForm):
            owner = said["owner"] = form.able[said["owner"]]
            services.own_need(actor=request.user, need=row, **said)
            told = _("已由{who}承办，答复的期限不变。").format(who=owner.name)
        elif isinstance(form, RateForm):
            services.rate_need(actor=request.user, need=row, **said)
            told = _("已登记本人的评价。")
        else:
            said["outcome"], said["answered_by"] = (
                NeedOutcome(said["outcome"]),
                AnsweredBy(said["answered_by"]),
            )
            services.answer_need(actor=request.user, need=row, **said)
            told = _("已答复并办结。")
        messages.success(request, told)
        return HttpResponseRedirect(reverse("desk:need", args=[row.uuid]))
    return None
