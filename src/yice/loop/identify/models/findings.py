"""Findings are suspicions (疑似) until a person checked them; asks are the questions that would decide the rest."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.accounts.enums import Line
from yice.loop.identify.enums import (
    AnswerKind,
    ClosedBy,
    FindingKind,
    FindingState,
    LeftOutReason,
    OutcomeCode,
)
from yice.shelf.fields import SealedText


class Finding(models.Model):
    """One person, one group, one kind: open as long as its cause stands and nobody settled it."""

    ACCESS = AreaFields(hukou="hukou", residence="residence", line="line")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="findings")
    group = models.CharField(max_length=60)
    benefit = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=FindingKind)
    line = models.CharField(max_length=12, choices=Line)
    state = models.CharField(max_length=12, choices=FindingState, default=FindingState.OPEN)
    due_fen = models.BigIntegerField(null=True)  # per month, what the rule gives; null: unknown
    paid_fen = models.BigIntegerField(null=True)  # per month, what was paid
    reason = models.JSONField(
        default=dict
    )  # status, failed, missing, assumed, ask, receiving; never an identifier
    cause = models.CharField(max_length=32, blank=True)  # keyed digest of the facts it rests upon
    confirm_from = models.DateField(null=True)  # a provisional one waits for the list of this month
    hukou = models.CharField(max_length=12)  # copied from the person, so that a count needs no join
    residence = models.CharField(max_length=12)
    pack = models.ForeignKey("policy.InstalledPack", models.PROTECT, related_name="+")
    first_run = models.ForeignKey("policy.ScreeningRun", models.PROTECT, null=True, related_name="+")
    last_run = models.ForeignKey("policy.ScreeningRun", models.PROTECT, null=True, related_name="+")
    opened_on = models.DateField()
    due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closed_by = models.CharField(max_length=12, choices=ClosedBy, blank=True)
    closed_why = models.JSONField(default=dict)  # code and values of a sentence
    version = models.PositiveIntegerField(
        default=0
    )  # grows with each change, so that a stale page is noticed

    class Meta:
        indexes = (
            models.Index(fields=["line", "state", "kind", "hukou"]),
            models.Index(fields=["hukou", "state"]),
            models.Index(fields=["residence", "state"]),
            models.Index(fields=["state", "opened_on"]),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["person", "group", "kind"],
                condition=~models.Q(state="closed"),
                name="one_live_finding",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.group}"


class Outcome(models.Model):
    """A step taken on a finding: what, by whom, from which month, which sum, whether the person was heard."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="outcomes")
    code = models.CharField(max_length=20, choices=OutcomeCode)
    left_out_reason = models.CharField(max_length=20, choices=LeftOutReason, blank=True)
    note = SealedText("outcome_note", max_length=500, blank=True)
    refer_to = models.CharField(max_length=60, blank=True)
    month = models.DateField(null=True)
    sum_fen = models.BigIntegerField(null=True)
    told_on = models.DateField(null=True)  # the person was told …
    heard_on = models.DateField(null=True)  # … and heard; death excepted
    corrected = models.JSONField(default=dict)  # fact → value, for "not eligible after check"
    batch = models.ForeignKey(
        "identify.Batch", models.PROTECT, null=True, related_name="+", db_index=False
    )  # the correction that came with it
    undone = models.BooleanField(default=False)  # recorded by mistake; the row stays
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_why = SealedText("outcome_undone", max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.code


class Ask(models.Model):
    """The open questions for one person, ranked by how much each can decide. One live ask a person."""

    ACCESS = AreaFields(hukou="hukou", residence="residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.OneToOneField("identify.Person", models.CASCADE, related_name="ask")
    questions = models.JSONField(default=list)  # [{"fact", "decides": [group ids]}], best first
    from_lists = models.JSONField(default=list)  # facts that another list can answer: not asked at the door
    hukou = models.CharField(max_length=12, db_index=True)
    residence = models.CharField(max_length=12, db_index=True)
    weight = models.PositiveIntegerField(default=0)  # groups the questions can decide
    open = models.BooleanField(default=True, db_index=True)
    opened_on = models.DateField()
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.uuid)


class Answer(models.Model):
    """What was said to one question; "does not know" and "refuses" are answers."""

    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="answers")
    fact = models.CharField(max_length=60)
    kind = models.CharField(max_length=14, choices=AnswerKind)
    value = models.JSONField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    batch = models.ForeignKey("identify.Batch", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.fact} {self.kind}"
