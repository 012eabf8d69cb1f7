"""What people ask for, by whatever channel: one need a person and kind, however often it is said."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from yice.accounts.access import AreaFields
from yice.areas.models import Tier
from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome, NeedState, TieKind
from yice.shelf.fields import SealedText


class Serial(models.Model):
    """The last number given in a series (a county, a year, needs or cases); locked while the next one is taken."""

    series = models.CharField(primary_key=True, max_length=40)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


CLIMBED = models.Q(climbed_on__isnull=False) & ~models.Q(state=NeedState.CLOSED)


class Need(models.Model):
    """Open until there is an answer to the person and an outcome (事事有回音)."""

    ACCESS = AreaFields(hukou="hukou", residence="residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=20)  # rules.services.NEEDS
    channel = models.CharField(max_length=16, choices=Channel)  # of the first time
    state = models.CharField(max_length=8, choices=NeedState, default=NeedState.OPEN)
    times = models.PositiveSmallIntegerField(default=1)  # how often it was said
    hukou = models.CharField(max_length=12)
    residence = models.CharField(max_length=12)
    # Where its person is registered now, if no longer at `hukou`: the ledger counts it there.
    moved_to = models.CharField(max_length=12, null=True)
    owner = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    office = models.CharField(max_length=40, blank=True)  # a department it was sent to: "education@county"
    tier = models.PositiveSmallIntegerField(choices=Tier)  # whose work it is now; the overdue climb
    opened_on = models.DateField()
    due_on = models.DateField()
    climbed_on = models.DateField(null=True)
    finding = models.ForeignKey("identify.Finding", models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=16, choices=NeedOutcome, blank=True)
    answer = SealedText("need_answer", max_length=1000, blank=True)  # what the person was told
    answered_on = models.DateField(null=True)
    answered_by = models.CharField(max_length=10, choices=AnsweredBy, blank=True)
    satisfied = models.PositiveSmallIntegerField(null=True)  # 1 to 5, as the person rates it
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["hukou", "state", "due_on"], name="need_hukou"),
            models.Index(fields=["residence", "state", "due_on"], name="need_residence"),
            models.Index(fields=["state", "due_on"], name="need_due"),
            models.Index(fields=["tier", "hukou"], condition=CLIMBED, name="need_climbed"),
            models.Index(
                fields=["hukou", "state"], name="need_counted", condition=models.Q(moved_to__isnull=True)
            ),
            models.Index(fields=["moved_to"], name="need_moved", condition=models.Q(moved_to__isnull=False)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["person", "kind"], condition=~models.Q(state="closed"), name="one_open_need"
            ),
            models.CheckConstraint(
                name="need_closed_with_answer",
                condition=~models.Q(state="closed")
                | (~models.Q(outcome="") & ~models.Q(answer="") & models.Q(answered_on__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return self.number


class NeedVoice(models.Model):
    """One time a need was said: the first opens it, later ones are joined to it."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="voices")
    channel = models.CharField(max_length=16, choices=Channel)
    said = SealedText("need_said", max_length=1000, blank=True)
    # The person, a guardian, a neighbour, a department.
    said_by = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=64, unique=True)  # the request's own: sent again, it is the same voice
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.channel


class NeedStep(models.Model):
    """What was done about a need. Only added to."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="steps")
    # opened | joined | sent | owned | moved | applied | reported | settled | answered | climbed | rated
    kind = models.CharField(max_length=12)
    note = SealedText("need_note", max_length=1000, blank=True)
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField()
    key = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.kind

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("a step is never changed")
        super().save(*args, **kwargs)


class Tie(models.Model):
    """A member of staff and somebody served are one person or kin (备案): they do not handle each other's matters.

    `none` says that two persons only share a name.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="staff_ties")
    kind = models.CharField(max_length=12, choices=TieKind)
    declared_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "person"], name="one_tie"),)

    def __str__(self) -> str:
        return self.kind
