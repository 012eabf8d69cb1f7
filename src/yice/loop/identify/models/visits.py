"""A commissioner's day: who to see, what was found there, what two people wrote differently."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from yice.accounts.access import AreaFields
from yice.shelf.fields import SealedJSON, SealedText


class VisitList(models.Model):
    """A day: who to see, in the order of the way."""

    ACCESS = AreaFields(hukou="area", residence="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    day = models.DateField()
    area = models.CharField(max_length=12)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.area} {self.day}"


class Visit(models.Model):
    """One line of the day's list, and what was found there as it stands now."""

    FIELDS = ("result", "note", "next_on", "signed_by", "witness")  # merged one by one

    list = models.ForeignKey(VisitList, models.CASCADE, related_name="visits")
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="visits")
    result = models.CharField(max_length=20, blank=True)  # VisitResult
    note = SealedText("visit_note", max_length=500, blank=True)
    next_on = models.DateField(null=True)  # agreed at the door
    signed_by = models.CharField(max_length=100, blank=True)
    witness = models.CharField(max_length=100, blank=True)  # of a name that was not written by hand
    typed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)  # records taken

    class Meta:
        constraints = (models.UniqueConstraint(fields=["list", "position"], name="one_place_on_a_list"),)
        indexes = (models.Index(fields=["next_on", "person"], name="visit_next_on"),)

    def __str__(self) -> str:
        return str(self.position)

    def state(self) -> dict[str, Any]:
        """The merged fields as JSON; a version's state is kept with its record."""
        return {**{name: getattr(self, name) for name in self.FIELDS},
                "next_on": self.next_on.isoformat() if self.next_on else None}  # fmt: skip


class VisitRecord(models.Model):
    """What came in about a visit, as it came. Only added to; a record sent again is found by its key."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="records")
    number = models.PositiveIntegerField()  # the visit's version after it
    base = models.PositiveIntegerField()  # the version that the page showed
    key = models.CharField(max_length=64, unique=True)
    said = SealedJSON("visit_said", default=dict)  # field → value
    state = SealedJSON("visit_state", default=dict)  # the visit's fields after it
    said_at = models.DateTimeField(null=True)  # by the clock of the device, where it waited there
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["visit", "number"], name="one_record_a_version"),)

    def __str__(self) -> str:
        return str(self.number)


class VisitConflict(models.Model):
    """A field that two people wrote differently, or that could not be taken: both are kept until somebody decides."""

    record = models.ForeignKey(VisitRecord, models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=60)  # of the visit, "need", or a fact's name
    now = SealedJSON("visit_now", null=True)  # what stood when the record came
    mine = SealedJSON("visit_mine", null=True)  # what the record says
    why = models.CharField(max_length=12, default="changed")  # changed | forbidden
    decided = models.CharField(max_length=4, blank=True)  # now | mine
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "field"], name="one_conflict_a_field"),)

    def __str__(self) -> str:
        return self.field


class VisitImage(models.Model):
    """A photograph or a signature, sealed, without what a camera writes into a file."""

    record = models.ForeignKey(VisitRecord, models.CASCADE, related_name="images")
    kind = models.CharField(max_length=10)  # photo | signature
    media = models.CharField(max_length=20)  # image/jpeg | image/png
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return self.kind
