"""A case: one service for one person, household or other subject, where it stands, and everything that was done."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from yice.accounts.access import AreaFields
from yice.areas.models import Tier
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.identify.enums import Channel
from yice.shelf.fields import SealedJSON, SealedText

# Not of an organisation, place or post.
SOMEBODYS = models.Q(person__isnull=False) | models.Q(household__isnull=False)


class Case(models.Model):
    """Walks the steps that its pack's service names; the pack's version stays the same to the end."""

    ACCESS = AreaFields(hukou="hukou", residence="residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    service = models.CharField(max_length=60)
    pack = models.ForeignKey("policy.InstalledPack", models.PROTECT, related_name="+")
    person = models.ForeignKey("identify.Person", models.PROTECT, null=True, related_name="cases")
    household = models.ForeignKey("identify.Household", models.PROTECT, null=True, related_name="cases")
    subject = models.CharField(max_length=200, blank=True)  # an organisation, place or post by name
    subject_uuid = models.UUIDField(null=True)
    hukou = models.CharField(max_length=12)
    residence = models.CharField(max_length=12)
    area = models.CharField(max_length=12)  # the one of the two that the service follows
    # Where its person is registered now, if no longer at `hukou`: the ledger counts it there.
    moved_to = models.CharField(max_length=12, null=True)
    channel = models.CharField(max_length=16, choices=Channel)
    state = models.CharField(max_length=5, choices=CaseState, default=CaseState.OPEN)
    end = models.CharField(max_length=60, blank=True)  # the pack's end it came to
    end_kind = models.CharField(max_length=12, blank=True)
    restricted = models.BooleanField(default=False)
    need = models.ForeignKey("identify.Need", models.PROTECT, null=True, related_name="cases")
    finding = models.ForeignKey("identify.Finding", models.SET_NULL, null=True, related_name="+")
    measure = models.ForeignKey("plan.Measure", models.SET_NULL, null=True, related_name="cases")
    benefit = models.CharField(max_length=60, blank=True)
    applied_on = models.DateField()  # the day it was asked for: benefits count from its month
    from_month = models.DateField(null=True)  # the first month due, once approved
    until_month = models.DateField(null=True)  # the last month due, once it stops
    amount_fen = models.BigIntegerField(null=True)  # per period, as approved
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)  # of the whole, where the clause names a time
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=0)  # of the last record: a stale page is noticed by it
    # The request that opened it: sent again, the same case.
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = (
            models.Index(fields=["hukou", "service", "state"], name="case_hukou"),
            models.Index(fields=["residence", "service", "state"], name="case_residence"),
            models.Index(
                fields=["person", "state"], include=["restricted", "end_kind"], name="case_of_person"
            ),
            models.Index(fields=["id"], name="case_restricted", condition=models.Q(restricted=True)),
            models.Index(
                fields=["hukou", "state", "end_kind"],
                name="case_counted",
                condition=models.Q(SOMEBODYS, restricted=False, moved_to__isnull=True),
            ),
            models.Index(fields=["moved_to"], name="case_moved", condition=models.Q(moved_to__isnull=False)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["person", "service"],
                condition=models.Q(state="open", person__isnull=False, household__isnull=True),
                name="one_open_case_person",
            ),
            models.UniqueConstraint(
                fields=["household", "service"],
                condition=models.Q(state="open", household__isnull=False),
                name="one_open_case_household",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def counted_in(self) -> str:
        """The place whose ledger counts it, with what is given in it; none where it is nobody's."""
        return "" if self.person_id is None and self.household_id is None else self.moved_to or self.hukou


class OpenStep(models.Model):
    """A step that waits to be taken: the worklist. Gone once it is taken; the record keeps what became of it."""

    ACCESS = AreaFields(hukou="case__hukou", residence="case__residence")

    case = models.ForeignKey(Case, models.CASCADE, related_name="open_steps")
    step = models.CharField(max_length=60)
    area = models.CharField(max_length=12)  # of the case, so that a place's overdue work needs no join
    tier = models.PositiveSmallIntegerField(choices=Tier)  # where it lies; the overdue climb
    holder = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    wakes_on = models.DateField(null=True)  # cannot be taken sooner
    due_on = models.DateField(null=True)
    climbed_on = models.DateField(null=True)
    missing = SealedJSON(
        "step_missing", default=list
    )  # after a return: everything that was lacking, as said then

    class Meta:
        indexes = (
            models.Index(fields=["holder", "due_on"], name="step_held"),
            models.Index(fields=["due_on"], name="step_due"),
            models.Index(fields=["area", "due_on"], name="step_area"),
        )
        constraints = (models.UniqueConstraint(fields=["case", "step"], name="one_open_step"),)

    def __str__(self) -> str:
        return self.step


class StepOffice(models.Model):
    """One office that an open step waits at: what a worklist reads."""

    open_step = models.ForeignKey(OpenStep, models.CASCADE, related_name="offices")
    office = models.CharField(max_length=40)  # "clerk@township", "assessor"
    role = models.CharField(max_length=40)  # accounts.Role
    records_for = models.CharField(max_length=40, blank=True)  # the party outside that it enters it for
    area = models.CharField(max_length=12)  # of the case: a post reaches it when its area covers this
    wakes_on = models.DateField(null=True)  # of the step: most of what lies at an office may be asleep

    class Meta:
        indexes = (models.Index(fields=["role", "area"], name="step_waiting"),)

    def __str__(self) -> str:
        return self.office


class StepRecord(models.Model):
    """One thing that happened in a case: what, by whom, on what grounds, and where it went. Only added to."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="records")
    kind = models.CharField(max_length=10, choices=RecordKind)
    step = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    duty = models.CharField(max_length=10, blank=True)
    office = models.CharField(max_length=40, blank=True)  # as whom it was taken
    for_whom = models.CharField(max_length=40, blank=True)  # the party it was recorded for ("applicant")
    covering = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    values = models.JSONField(default=dict)  # the form as filled in; sealed fields sealed
    evidence = models.JSONField(default=dict)  # id → how it was shown
    reasons = SealedJSON("step_reasons", default=list)  # named reasons and what was missing
    note = SealedText("step_note", max_length=2000, blank=True)
    went = models.JSONField(default=list)  # the steps or the end it led to
    due_on = models.DateField(null=True)  # when it was due
    assessment = models.ForeignKey("assess.Assessment", models.PROTECT, null=True, related_name="+")
    bulk = models.UUIDField(null=True)  # steps taken together
    sampled = models.BooleanField(default=False)  # opened one by one before the bulk was taken
    version = models.PositiveIntegerField()  # of the case after it
    key = models.CharField(max_length=64, unique=True, null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["case", "version"], name="record_of_case"),)

    def __str__(self) -> str:
        return f"{self.step} {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("a record is never changed")
        super().save(*args, **kwargs)


class Opened(models.Model):
    """Somebody looked into a case: how a bulk knows that its sample was read."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "user"], name="opened_once"),)

    def __str__(self) -> str:
        return str(self.version)


class Cover(models.Model):
    """A deputy for a post while its holder is away: takes its steps and those the absent holder has in hand."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey("accounts.Post", models.CASCADE, related_name="+")
    deputy = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField()  # last day
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(since__lte=models.F("until")), name="cover_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.since} {self.until}"
