"""What people said about the use of their data, and what was disposed of."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from yice.accounts.access import AreaFields
from yice.loop.identify.rights.enums import DisposalState, GivenBy, How, ObjectionAnswer
from yice.shelf.fields import SealedText


class Consent(models.Model):
    """Somebody agreed to one use beyond what the law asks for. It ends with its day or is withdrawn; it is never changed."""

    ACCESS = AreaFields(hukou="person__hukou", residence="person__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)  # rights/purposes.yaml
    given_by = models.CharField(max_length=10, choices=GivenBy)
    given_name = models.CharField(max_length=100)
    how = models.CharField(max_length=10, choices=How)
    form = models.CharField(max_length=100, blank=True)  # which paper or recording, and where it lies
    given_on = models.DateField()
    until = models.DateField(null=True)  # last day
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.CharField(max_length=10, choices=GivenBy, blank=True)
    withdrawn_how = models.CharField(max_length=10, choices=How, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["person", "purpose"], name="consent_of"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("given_on")), name="consent_ends_after"
            ),
        )

    def __str__(self) -> str:
        return self.purpose


class Objection(models.Model):
    """Somebody is against a use, or says it is wrong; a person answers it in time."""

    ACCESS = AreaFields(hukou="person__hukou", residence="person__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="objections")
    purpose = models.CharField(max_length=20)
    said = SealedText("objection_said", max_length=500)
    said_by = models.CharField(max_length=10, choices=GivenBy)
    key = models.CharField(
        max_length=64, unique=True
    )  # the request's own: sent again it is the same objection
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    due_on = models.DateField()
    answer = models.CharField(max_length=10, choices=ObjectionAnswer, blank=True)
    note = SealedText("objection_note", max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.purpose


class Disposal(models.Model):
    """Data of one kind that are to go: one officer asks, another agrees, and the record says on what ground."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)  # rights/retention.yaml
    person = models.UUIDField(null=True)  # of one person who asked for it; else whatever is past its time
    before = models.DateField(null=True)
    basis = SealedText("disposal_basis", max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=DisposalState, default=DisposalState.ASKED)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    gone = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="disposal_by_two"
            ),
        )

    def __str__(self) -> str:
        return self.kind
