"""Forms in GOV.UK markup, in whole sentences, with the fields that work here needs: a day, a month, a sum.

`Renderer` is Django's FORM_RENDERER: `{{ form }}` and `{{ form.name.as_field_group }}` come out finished.
A widget's `attrs` may carry `suffix` ("元"), and a class of its own ("govuk-input--width-5").
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.forms.utils import pretty_name
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from yice.accounts import passwords
from yice.terms.errors import Problem
from yice.terms.money import format_fen, parse_fen
from yice.terms.periods import Month, parse_date
from yice.web.ui import words
from yice.web.ui.errors import say

_INPUTS = ("text", "email", "number", "password", "tel", "url", "search", "date", "datetime", "time")
_CLASSES = {f"django/forms/widgets/{name}.html": "govuk-input" for name in _INPUTS} | {
    "django/forms/widgets/select.html": "govuk-select",
    "django/forms/widgets/textarea.html": "govuk-textarea",
    "django/forms/widgets/checkbox.html": "govuk-checkboxes__input",
    "django/forms/widgets/file.html": "govuk-file-upload",
    "django/forms/widgets/clearable_file_input.html": "govuk-file-upload",
}
_GROUPS = {
    "django/forms/widgets/radio.html": "radios",
    "django/forms/widgets/checkbox_select.html": "checkboxes",
}
_OURS = dict.fromkeys(_GROUPS, "ui/forms/options.html") | {
    "django/forms/widgets/clearable_file_input.html": "ui/forms/text.html",
    "django/forms/widgets/file.html": "ui/forms/text.html",
    "django/forms/widgets/text.html": "ui/forms/text.html",
    "django/forms/widgets/number.html": "ui/forms/text.html",
    "django/forms/widgets/password.html": "ui/forms/password.html",
}


class Renderer(TemplatesSetting):
    """Gives Django's widgets their GOV.UK classes; groups and files have templates of ours."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"

    @cached_property
    def _django(self) -> DjangoTemplates:
        return DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("django/forms/"):
            return self._django.get_template(template_name)
        return super().get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> Any:
        if template_name in _GROUPS:
            context["widget"]["kind"] = _GROUPS[template_name]
        name = _CLASSES.get(template_name)
        if name is not None:
            attrs = context["widget"]["attrs"] = dict(context["widget"]["attrs"])
            context["widget"]["suffix"] = attrs.pop("suffix", "")
            wrong = f"{name}--error" if attrs.get("aria-invalid") else ""
            counted = "govuk-js-character-count" if name == "govuk-textarea" and "maxlength" in attrs else ""
            shown = (
                "govuk-password-input__input govuk-js-password-input-input"
                if template_name.endswith("/password.html")
                else ""
            )
            attrs["class"] = " ".join(filter(None, (name, wrong, counted, shown, attrs.get("class", ""))))
        return super().render(_OURS.get(template_name, template_name), context, request)


# What Django says of variables and valid options, as one would say it to a colleague.
_SENTENCES = {
    "max_length": _("太长了：最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"),
    "invalid_choice": _("没有“%(value)s”这个选项，请重新选择。"),
    "max_value": _("太大了：最多 %(limit_value)s。"),
    "min_value": _("太小了：最少 %(limit_value)s。"),
    "null_characters_not_allowed": _("里面有看不见的字符，请删掉重新输入。"),
}
_WHOLE = _("请填写整数。")
_TORN = _("页面上的内容不完整，请刷新页面再填。")  # what no reader fills in is missing or changed

MOST = 2_147_483_647  # what a column of a database holds
MOST_FEN = 10**14  # a million million yuan


def _speak_plainly(field: forms.Field) -> None:
    """Put our sentences where Django's own would stand; what a form says by itself stays."""
    django = {
        code: said
        for kind in reversed(type(field).__mro__)
        if kind.__module__.startswith("django.")
        for code, said in vars(kind).get("default_error_messages", {}).items()
    }
    said = _SENTENCES | ({"invalid": _WHOLE} if isinstance(field, forms.IntegerField) else {})
    if field.widget.is_hidden:
        said = dict.fromkeys((*django, *said), _TORN)
    for code, sentence in said.items():
        counts_otherwise = code == "max_length" and code in django  # the name of a file, under other names
        if field.error_messages.get(code) is django.get(code) and not counts_otherwise:
            field.error_messages[code] = sentence


# Of a password: said, never cut by the browser as `maxlength` would, which would leave its owner with another one.
LONGEST = MaxLengthValidator(passwords.LONGEST)


class Form(forms.Form):
    """Says what to do when something required is missing, and marks what may be left out."""

    mark_optional = True

    # The server says what is missing in a sentence beside the field; the browser's own bubbles stay away.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        """Only now are all fields there: many a form adds its own after it is made."""
        for name, field in self.fields.items():
            _speak_plainly(field)
            if field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
                chosen = isinstance(field, forms.ChoiceField | forms.FileField)
                sentence = _("请选择{label}") if chosen else _("请填写{label}")
                label = field.label if field.label is not None else pretty_name(name)
                field.error_messages["required"] = format_lazy(sentence, label=label)
            if isinstance(field, forms.IntegerField) and field.max_value is None:
                field.validators.append(MaxValueValidator(MOST))
        super().full_clean()


class FilterForm(Form):
    """A GET form over a list: nothing is required, nothing is marked optional."""

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


class _PartsInput(forms.MultiWidget):
    """Numbers side by side, each with its own label below the group's question."""

    template_name = "ui/forms/date_parts.html"
    use_fieldset = True
    labels: tuple[tuple[Any, int], ...] = ()

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        # An area code or a year is not a quantity: text with a numeric keyboard, no spinner.
        parts = [
            forms.TextInput({"inputmode": "numeric", "class": f"govuk-input--width-{w}"})
            for _t, w in self.labels
        ]
        super().__init__(parts, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for widget, (label, _width) in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            widget["label"] = label
        context["widget"]["wrong"] = bool(context["widget"]["attrs"].get("aria-invalid"))
        return context

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}_0" if id_ else ""


class DayInput(_PartsInput):
    labels = ((_("年"), 4), (_("月"), 2), (_("日"), 2))

    def decompress(self, value: dt.date | None) -> list[Any]:
        return [value.year, value.month, value.day] if value else [None, None, None]


class MonthInput(_PartsInput):
    labels = ((_("年"), 4), (_("月"), 2))

    def decompress(self, value: Month | dt.date | None) -> list[Any]:
        return [value.year, value.month] if value else [None, None]


class _PartsField(forms.MultiValueField):
    pieces = 0

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _n in range(self.pieces)]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def joined(self, values: list[str]) -> str:
        """The parts as one text; a Problem in the wrong parts becomes the field's error."""
        labels = self.widget.labels
        missing = [str(label) for (label, _w), value in zip(labels, values, strict=True) if not value]
        if missing:
            raise forms.ValidationError(
                _("还缺{parts}").format(parts=words.listed(missing)), code="incomplete"
            )
        return "-".join(values)


class DayField(_PartsField):
    """A day in three inputs: year, month, day. `not_after`: a callable that gives the last day allowed."""

    widget = DayInput
    pieces = 3

    def __init__(self, *, not_after: Any = None, **kwargs: Any) -> None:
        self.not_after = not_after
        super().__init__(**kwargs)

    def compress(self, data_list: list[str]) -> dt.date | None:
        if not any(data_list):
            return None
        try:
            return parse_date(self.joined(data_list), not_after=self.not_after() if self.not_after else None)
        except Problem as problem:
            raise forms.ValidationError(say(problem), code=problem.code) from None


class MonthField(_PartsField):
    """A calendar month in two inputs."""

    widget = MonthInput
    pieces = 2

    def compress(self, data_list: list[str]) -> Month | None:
        if not any(data_list):
            return None
        try:
            return Month.parse(self.joined(data_list))
        except Problem as problem:
            raise forms.ValidationError(say(problem), code=problem.code) from None


class MoneyField(forms.CharField):
    """A sum written in yuan, kept in fen."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "suffix": _("元"), "class": "govuk-input--width-10"}
        kwargs.setdefault("widget", forms.TextInput(attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            fen = parse_fen(text)
        except Problem as problem:
            raise forms.ValidationError(say(problem), code=problem.code) from None
        if abs(fen) > MOST_FEN:
            raise forms.ValidationError(_("金额太大了，请核对。"), code="max_value")
        return fen

    def prepare_value(self, value: Any) -> Any:
        return format_fen(value) if isinstance(value, int) else value
