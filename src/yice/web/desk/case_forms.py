"""A step of a case as a form: what the pack asks, nothing that is known already, papers, reasons, what was given."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.loop.deliver.enums import FundSource, Mode, PaymentKind, Proof
from yice.loop.deliver.models import Case, CaseFile
from yice.loop.deliver.selectors.case import FieldState, StepForm
from yice.loop.deliver.services import DeliveryLine, PaymentLine, due_months
from yice.loop.deliver.services.files import MOST
from yice.network.providers import orderable
from yice.policy.words import text
from yice.rules.model import Fact, Plan
from yice.rules.services import FormField, Service
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.periods import Month
from yice.web.ui.errors import add_problem
from yice.web.ui.forms import DayField, Form, MoneyField, MonthField

VALUE, PAPER, FILE = "value-", "paper-", "file-"
BY_RULES = gettext_lazy("已填上按规则应发的数；要改，请写明原因。")
ACCEPT = ".pdf,.docx,.ofd,image/jpeg,image/png"


_FILES = gettext_lazy(
    "PDF、Word（.docx）、OFD、JPEG 或 PNG，每份最多 10 MB，可以一次选几份。选错了格式，已填的内容不会丢。"
)


_GIVEN = {"payments": "pay_fen", "deliveries": "give_what"}


def _given(named: str) -> str:
    """The field beside which it is said what is wrong with a payment or a delivery: "payments.provider"."""
    return named.replace("payments.", "pay_", 1).replace("deliveries.", "give_", 1)


class FilesInput(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class FilesField(forms.FileField):
    """Files as bytes, none read further than it may be long; the service judges each."""

    widget = FilesInput({"multiple": True, "accept": ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        return [one.read(MOST + 1) for one in data or []]


class TakeForm(Form):
    """The step in hand. `taken()` gives what `deliver.take_step` wants."""

    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    outcome = forms.ChoiceField(label=gettext_lazy("办理结果"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("说明（选填）"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(
        self, case: Case, plan: Plan, about: StepForm, data: QueryDict | None = None, files: Any = None
    ) -> None:
        super().__init__(data, files, initial={"version": case.version, "key": uuid.uuid4().hex})
        self.case, self.about = case, about
        step = about.step
        outcomes = [(one.id, text(one.says)) for one in step.outcomes.values()]
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]
        if len(outcomes) == 1:  # nothing to choose
            self.fields["outcome"].initial = outcomes[0][0]
        for state in about.fields:
            if not state.known:
                self.fields[VALUE + state.field.id] = field_of(plan, state)
        papers = [("", _("还没有")), *Proof.choices]
        for paper in about.evidence:
            self.fields[PAPER + paper.id] = forms.ChoiceField(
                label=text(paper.says), required=False, choices=papers
            )
            self.fields[FILE + paper.id] = FilesField(
                label=_("上传：{paper}").format(paper=text(paper.says)), required=False
            )
        self.fields[FILE] = FilesField(label=_("上传其他材料"), required=False, help_text=_FILES)
        reasons = {name: text(says) for one in step.outcomes.values() for name, says in one.reasons.items()}
        if reasons:
            self.fields["reasons"] = forms.MultipleChoiceField(
                label=_("理由"),
                help_text=_("不予同意或停止时必填，可多选。"),
                required=False,
                choices=list(reasons.items()),
                widget=forms.CheckboxSelectMultiple,
            )
        if step.pays:
            self.fields |= _payment(case)
        if step.delivers:
            self.fields |= _delivery(case, plan.services[case.service])

    @property
    def asked(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(VALUE)]

    @property
    def papers(self) -> list[tuple[Any, Any, list[CaseFile]]]:
        """Each paper with how it was shown, the field for its files, and the files there are; last what is no paper."""
        named = [one.id for one in self.about.evidence]
        there = {name: [one for one in self.about.files if one.paper == name] for name in (*named, "")}
        found = [(self[PAPER + name], self[FILE + name], there[name]) for name in named]
        return [*found, (None, self[FILE], there[""])]

    def uploads(self) -> list[tuple[str, bytes]]:
        """Paper and content of every file that was sent."""
        sent = [
            (name.removeprefix(FILE), self.cleaned_data.get(name))
            for name in self.fields
            if name.startswith(FILE)
        ]
        return [(paper, data) for paper, files in sent for data in files or ()]

    @property
    def given(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(("pay_", "give_"))]

    def taken(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "version": said["version"],
            "key": said["key"],
            "outcome": said["outcome"],
            "values": values_of(said),
            "evidence": self._evidence(said),
            "reasons": said.get("reasons", []),
            "note": said["note"],
            "payments": self._payments(said),
            "deliveries": self._deliveries(said),
        }

    def filled(self) -> tuple[dict[str, Any], dict[str, str]]:
        """What could be read so far of the form and the papers."""
        return values_of(self.cleaned_data), self._evidence(self.cleaned_data)

    def refuse(self, problem: Problem | Problems, version: int) -> None:
        """What the service refused, beside its field; after "stale" the form carries the version now shown."""
        for one in problem.problems if isinstance(problem, Problems) else [problem]:
            named = one.field or ""
            paper = (
                PAPER + named.removeprefix("evidence.") if named.startswith("evidence.") else VALUE + named
            )
            names = (named, paper, named.replace("file.", FILE, 1), _GIVEN.get(named, ""), _given(named))
            target = next((name for name in names if name in self.fields), None)
            if one.code == "field-missing" and target in self.errors:
                continue  # it was filled in, with what cannot be read
            add_problem(self, target, one)
            if one.code == "stale":
                self.data = self.data.copy()
                self.data["version"] = str(version)

    def _evidence(self, said: Mapping[str, Any]) -> dict[str, str]:
        """How each paper was shown; one that was only uploaded was shown as a file."""
        chosen = {name.removeprefix(PAPER): v for name, v in said.items() if name.startswith(PAPER) and v}
        there = {one.paper for one in self.about.files} | {paper for paper, _data in self.uploads()}
        return {**{name: Proof.FILE.value for name in there if name}, **chosen}

    def _payments(self, said: Mapping[str, Any]) -> list[PaymentLine]:
        """A line a month, each with the same sum and source."""
        fen = said.get("pay_fen")
        if fen is None:
            return []
        months = [Month.parse(month) for month in said.get("pay_months", [])] or [None]
        kind = PaymentKind(said.get("pay_kind") or PaymentKind.REGULAR)
        return [
            PaymentLine(
                fen=-fen if kind == PaymentKind.RECOVERY else fen,
                fund_source=FundSource(said["pay_source"]),
                mode=Mode(said["pay_mode"]),
                month=month,
                kind=kind,
                payee=said.get("pay_payee", ""),
                provider=said.get("pay_provider", ""),
            )
            for month in months
        ]

    def _deliveries(self, said: Mapping[str, Any]) -> list[DeliveryLine]:
        what = said.get("give_what", "").strip()
        if not what:
            return []
        return [
            DeliveryLine(
                what=what,
                fund_source=FundSource(said["give_source"]),
                mode=Mode(said["give_mode"]),
                day=said.get("give_day"),
                persons=said.get("give_persons") or 1,
                person_times=said.get("give_times") or 1,
                fen=said.get("give_fen"),
                provider=said.get("give_provider", ""),
            )
        ]


def values_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the service reads it: days and months as text, nothing where nothing was said."""
    values = {}
    for name, value in said.items():
        if name.startswith(VALUE) and value not in (None, "", []):
            plain = value.isoformat() if isinstance(value, dt.date) else value
            values[name.removeprefix(VALUE)] = str(plain) if isinstance(plain, Month) else plain
    return values


def field_of(plan: Plan, state: FieldState) -> forms.Field:
    """One field. What it must hold is the service's to judge: here nothing is required."""
    of = state.field
    fact = plan.facts.get(of.fact) if of.fact else None
    kind = fact.type if fact else of.type
    initial = state.value if state.offered else None
    said: dict[str, Any] = {"label": text(of.label), "required": False}
    if of.help:
        said["help_text"] = text(of.help)
    elif state.by_rules:
        said["help_text"] = BY_RULES
    if kind == "bool":
        yes_no = [("true", _("是")), ("false", _("否"))]
        chosen = "" if initial is None else str(initial).lower()
        return forms.ChoiceField(
            choices=yes_no, widget=forms.RadioSelect({"class": "y-answers"}), initial=chosen, **said
        )
    if kind in ("code", "set"):
        choices = _codes(of, fact)
        if kind == "set":
            return forms.MultipleChoiceField(
                choices=choices, widget=forms.CheckboxSelectMultiple, initial=initial, **said
            )
        return forms.ChoiceField(choices=[("", "—"), *choices], initial=initial, **said)
    if kind == "date":
        day = dt.date.fromisoformat(initial) if initial else None
        return DayField(initial=day, **said)
    if kind == "month":
        return MonthField(initial=Month.parse(initial) if initial else None, **said)
    if kind == "money" or (fact is not None and fact.type == "int" and fact.unit == "fen"):
        return MoneyField(initial=initial, **said)
    if kind == "int":
        attrs = {"inputmode": "numeric", "class": "govuk-input--width-5"}
        return forms.CharField(max_length=12, initial=initial, widget=forms.TextInput(attrs), **said)
    if of.sealed:
        return forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}), **said)
    return forms.CharField(max_length=2000, initial=initial, **said)


def _codes(of: FormField, fact: Fact | None) -> list[tuple[str, str]]:
    if fact is None:
        return [(code, text(says)) for code, says in of.codes.items()]
    labels = fact.code_labels if len(fact.code_labels) == len(fact.codes) else ()
    return [(code, text(label)) for code, label in zip(fact.codes, labels, strict=True)] or [
        (code, code) for code in fact.codes
    ]


def _payment(case: Case) -> dict[str, forms.Field]:
    """Months due are offered, so that arrears are seen and nothing is paid twice."""
    due = due_months(case) if case.benefit else []
    this = Month.of(clock.today())
    fields: dict[str, forms.Field] = {
        "pay_fen": MoneyField(label=_("每次金额"), initial=case.amount_fen, required=False),
        "pay_source": forms.ChoiceField(
            label=_("资金来源"), choices=FundSource.choices, initial=FundSource.COUNTY
        ),
        "pay_mode": forms.ChoiceField(label=_("发放方式"), choices=Mode.choices, initial=Mode.CASH),
        "pay_kind": forms.ChoiceField(
            label=_("款项"), choices=PaymentKind.choices, initial=PaymentKind.REGULAR, required=False
        ),
        "pay_payee": forms.CharField(
            label=_("收款人"), help_text=_("不是本人时填写。"), required=False, max_length=200
        ),
        "pay_provider": forms.CharField(
            label=_("服务机构"), help_text=_("购买服务时填写付给哪家机构。"), required=False, max_length=200
        ),
    }
    if due:
        months = forms.MultipleChoiceField(
            label=_("发哪几个月"),
            choices=[(str(month), str(month)) for month in due],
            initial=[str(this)] if this in due else [],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        fields = {"pay_months": months, **fields}
    return fields


def _delivery(case: Case, service: Service) -> dict[str, forms.Field]:
    attrs = {"inputmode": "numeric", "class": "govuk-input--width-5"}
    return {
        "give_what": forms.CharField(label=_("提供了什么"), required=False, max_length=200),
        "give_day": DayField(label=_("哪一天"), required=False, not_after=clock.today),
        "give_persons": forms.IntegerField(
            label=_("人数"), required=False, min_value=1, initial=1, widget=forms.TextInput(attrs)
        ),
        "give_times": forms.IntegerField(
            label=_("人次"), required=False, min_value=1, initial=1, widget=forms.TextInput(attrs)
        ),
        "give_fen": MoneyField(label=_("金额"), required=False),
        "give_source": forms.ChoiceField(
            label=_("资金来源"), choices=FundSource.choices, initial=FundSource.COUNTY
        ),
        "give_mode": forms.ChoiceField(label=_("提供方式"), choices=Mode.choices, initial=Mode.PURCHASE),
        "give_provider": _provider(case, service),
    }


def _provider(case: Case, service: Service) -> forms.Field:
    """Who provided it; where only admitted providers may, one of those."""
    if service.providers is None:
        return forms.CharField(label=_("由谁提供"), required=False, max_length=200)
    named = [(one.name, one.name) for one in orderable(case.area, service.id)]
    hint = "" if named else _("这里还没有准入这项服务的机构，请先在“服务机构”里办理准入。")
    return forms.ChoiceField(label=_("由谁提供"), required=False, choices=[("", "—"), *named], help_text=hint)
