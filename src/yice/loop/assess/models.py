"""Who may assess, what they found, and the comprehensive conclusion drawn from it."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.loop.assess.enums import AssessmentState
from yice.shelf.fields import SealedText


class Assessor(models.Model):
    """Somebody certified to assess, for kinds of assessment and a time; with an account or without."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    area = models.CharField(max_length=12)
    certificate = models.CharField(max_length=60)
    kinds = models.JSONField(default=list)  # rules scales that the certificate covers; empty: all
    since = models.DateField()
    until = models.DateField(null=True)  # last day

    class Meta:
        constraints = (models.UniqueConstraint(fields=["area", "certificate"], name="assessor_certificate"),)

    def __str__(self) -> str:
        return self.name


class Assessment(models.Model):
    """One assessment of one person. Never changed: a later one, or the final opinion on a dispute, replaces it."""

    ACCESS = AreaFields(hukou="person__hukou", residence="person__residence")
    WORK = AreaFields(hukou="hukou", residence="residence")  # where it comes back as work

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="assessments")
    # Copied from the person, who is followed; who may read goes by the person.
    hukou = models.CharField(max_length=12)
    residence = models.CharField(max_length=12)
    kind = models.CharField(max_length=60)  # a scale of the plan
    state = models.CharField(max_length=8, choices=AssessmentState, default=AssessmentState.VALID)
    assessor = models.ForeignKey(Assessor, models.PROTECT, null=True, related_name="assessments")
    on = models.DateField()
    answers = models.JSONField(default=dict)  # item → score
    score = models.IntegerField(null=True)
    band = models.CharField(max_length=60, blank=True)
    findings = SealedText("assess_findings", max_length=2000, blank=True)  # the assessor's opinion
    wishes = SealedText("assess_wishes", max_length=2000, blank=True)  # the person's own, apart from it
    valid_until = models.DateField(null=True)
    final = models.BooleanField(default=False)  # an arbitration's last word: not disputed again
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    pack_hash = models.CharField(max_length=64)  # the version of the rules it was made by
    key = models.CharField(max_length=64, unique=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["person", "kind", "state"], name="assessment_of"),
            models.Index(fields=["state", "valid_until"], name="assessment_expiry"),
            models.Index(fields=["hukou", "state", "valid_until"], name="assessment_hukou"),
            models.Index(fields=["residence", "state", "valid_until"], name="assessment_residence"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Determination(models.Model):
    """The comprehensive one: which policies apply, what the assessments say, what is needed. Kept as it was made."""

    ACCESS = AreaFields(hukou="person__hukou", residence="person__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="determinations")
    on = models.DateField()
    statuses = models.JSONField(default=dict)  # group → eligible | ineligible | unknown, from the kernel
    pack_hash = models.CharField(max_length=64)
    assessments = models.ManyToManyField(Assessment, related_name="+")
    needs = models.JSONField(default=list)  # kinds of need it finds
    conclusion = SealedText("assess_conclusion", max_length=2000)
    valid_until = models.DateField(null=True)
    key = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["person", "-on"], name="determination_of"),)

    def __str__(self) -> str:
        return str(self.on)
