"""Every column that holds text or JSON is sealed, or stands here with why not: a new one is decided on, not forgotten."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from yice.shelf.fields import SealedJSON, SealedText

SHORT = 20  # a column this short holds a code, not a sentence

# What rules, lists, counts and searches read in columns; docs/security.md, "Not promised".
READ_IN_COLUMNS = {
    "accounts.User": "name username password",
    "areas.Area": "name",
    "identify.Person": "name name_folded",
    "identify.HouseholdMember": "name name_folded",
    "identify.ListEntry": "name name_folded kind values",
    "identify.EntryVersion": "name",
    "identify.Certificate": "parts",
    "identify.Facts": "parts rest overrides",
    "identify.Change": "fact before after",
    "identify.Answer": "fact value",
    "identify.CorrectionRequest": "register fact held asked",
    "identify.Household": "number facts",
    "identify.Guardian": "name document",  # of a paper its kind and number
    "identify.Consent": "given_name form",
    "identify.NeedVoice": "said_by key",
    "identify.Visit": "signed_by witness",
    "identify.Reply": "declarant_name said",  # who answered, and what they would not or could not say, by code
    "identify.Outcome": "refer_to corrected",
    "identify.Finding": "group benefit reason cause closed_why",
    "identify.Ask": "questions from_lists",
    "identify.NeedStep": "values key",  # codes and offices; its words are `note`
    "identify.Duplicate": "moved",
    "identify.Pair": "kind",
    "identify.VisitConflict": "field",
    "assess.Assessment": "kind answers band pack_hash key",
    "assess.Determination": "statuses pack_hash needs key",
    "assess.Assessor": "name organisation certificate kinds",
    "plan.PlanVersion": "signed_by",
    "plan.Measure": "department responsible_name provider",
    "plan.GroupStay": "group pack_hash entered_why left_why",
    "plan.HelpPlan": "number key",
    "deliver.Case": "number service subject end benefit key",  # subject: a place or an organisation
    "deliver.StepOffice": "office role records_for",
    "deliver.Payment": "payee provider",
    "deliver.Delivery": "provider",
    "network.Entry": "kind name facts",
    "network.Provider": "name kind services",
}
# Words are sealed value by value within: on forms (WITHIN of config.sealed), and in the record (audit.services.words).
SEALED_WITHIN = {
    "deliver.StepRecord": "values",
    "identify.Reply": "answers",
    "identify.ReplyChange": "before after",
    "identify.ReplyDispute": "now mine",
    "audit.Event": "values code subject_type",
}
# Of the site, its packs, agreements and systems, or codes and references: nothing anybody types about a person.
NOT_ABOUT_PERSONS = {
    "accounts.Asked": "who",
    "accounts.Factor": "name",
    "accounts.Identity": "issuer subject",
    "accounts.Reply": "key body",
    "accounts.SignIn": "session_key session_data",
    "accounts.Token": "name actions",
    "deliver.CaseFile": "step paper digest",
    "deliver.LedgerTally": "sums",
    "deliver.Notice": "number",
    "deliver.OpenStep": "step",
    "deliver.StepRecord": "step outcome office for_whom evidence went key",
    "exchange.Agreement": "slot kind title sender contact basis keeps",
    "exchange.Doubt": "why",  # codes
    "identify.Batch": "source file_name file_digest file_path mapping counts pauses",
    "identify.ExternalId": "system",
    "identify.ListReceipt": "kind compared_by",
    "identify.NameFolding": "tables",
    "identify.Need": "number office",
    "identify.Objection": "key",
    "identify.Reply": "reason mode changed keys",
    "identify.ReplyChange": "item",
    "identify.ReplyDispute": "item",
    "identify.Round": "title questionnaire villages key",
    "identify.Serial": "series",
    "identify.VisitRecord": "key",
    "jobs.Job": "kind arguments holder stage error error_text result",
    "network.ProviderStep": "note",
    "network.Register": "whole",
    "policy.Comparison": "path figures reason",
    "policy.InstalledPack": "pack_id version hash title_zh title_en settings areas",
    "policy.Snapshot": "path digest lists",
    "policy.ScreeningRun": "counts",
    "supervise.MonthFigures": "of lines figures classes",
    "supervise.Report": "pack_hash pack_title lists figures targets",
    "supervise.ReportLine": "group",
    "supervise.TargetTally": "numbers",
    "supervise.Told": "numbers",
}
DECLARED = (READ_IN_COLUMNS, SEALED_WITHIN, NOT_ABOUT_PERSONS)


def columns() -> set[tuple[str, str]]:
    """Text and JSON columns of ours that a sentence would fit into and that are not sealed."""
    return {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("yice.")
        for field in model._meta.local_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not isinstance(field, SealedText | SealedJSON)
        and not field.choices
        and (field.max_length or SHORT + 1) > SHORT
    }


def test_a_column_that_a_sentence_fits_into_is_sealed_or_declared() -> None:
    declared = [(label, name) for some in DECLARED for label, names in some.items() for name in names.split()]
    assert len(declared) == len(set(declared))
    there = columns()
    assert sorted(there - set(declared)) == [], "seal it (shelf/fields.py), or say here why it stays open"
    assert sorted(set(declared) - there) == [], "declared, and not there any more"
