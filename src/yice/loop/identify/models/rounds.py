"""The yearly round: a form a certificate holder, one a village, every change of it, what two people wrote differently."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from yice.accounts.access import AreaFields
from yice.areas import selectors as areas
from yice.loop.identify.rounds.enums import Declarant, How, ReplyState
from yice.shelf.fields import SealedJSON, SealedText


class Round(models.Model):
    """One round of a county with the questionnaire of the pack version it was opened with."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=100)
    area = models.CharField(max_length=12)
    pack = models.ForeignKey("policy.InstalledPack", models.PROTECT, related_name="+")
    questionnaire = models.CharField(max_length=60)
    # The questionnaire of the villages' own return; empty: none.
    villages = models.CharField(max_length=60, blank=True)
    opens_on = models.DateField()  # ages and gates are those of this day, for everybody
    closes_on = models.DateField()
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["area", "-opens_on"], name="round_area"),)
        constraints = (models.CheckConstraint(name="round_ends", condition=Q(closes_on__gte=F("opens_on"))),)

    def __str__(self) -> str:
        return self.title


class RoundShare(models.Model):
    """What falls to a township or a village, by when; a township's is locked by the county."""

    ACCESS = AreaFields(hukou="area")

    round = models.ForeignKey(Round, models.CASCADE, related_name="shares")
    area = models.CharField(max_length=12)
    township = models.BooleanField()
    size = models.PositiveIntegerField()  # persons when the round was opened
    due_on = models.DateField()
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "area"], name="one_share"),)

    def __str__(self) -> str:
        return self.area


class Reply(models.Model):
    """One person's form, or with no person a village's own return.

    `answers` holds what was said or confirmed in this round; the rest is filled in when shown.
    """

    # Where the person lives if that is within the county, else where they are registered: every person once.
    ACCESS = AreaFields(hukou="village", residence="village")
    FIELDS = ("status", "reason", "mode", "declarant", "declarant_name", "note")  # merged beside the items

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="replies", db_index=False)
    person = models.ForeignKey("identify.Person", models.PROTECT, null=True, related_name="replies")
    household = models.ForeignKey("identify.Household", models.PROTECT, null=True, related_name="+")
    village = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=ReplyState, default=ReplyState.WAITING)
    status = models.CharField(max_length=20, blank=True)  # a status of the questionnaire
    reason = models.CharField(max_length=60, blank=True)  # why somebody was not reached
    mode = models.CharField(max_length=60, blank=True)
    declarant = models.CharField(max_length=10, choices=Declarant, blank=True)
    declarant_name = models.CharField(max_length=100, blank=True)
    note = SealedText("reply_note", max_length=500, blank=True)
    answers = models.JSONField(default=dict)  # item → value; texts as {"sealed": …}
    said = models.JSONField(default=dict)  # item → "does_not_know" | "refuses"
    changed = models.JSONField(default=list)  # items that differ from the round before
    returned = SealedJSON(
        "reply_returned", default=dict
    )  # note, items, by: what the township asks to be mended
    disputed = models.PositiveSmallIntegerField(default=0)  # fields that wait for a decision
    keys = models.JSONField(default=list)  # of the last requests: sent again they do nothing
    version = models.PositiveIntegerField(default=0)
    filled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    filled_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["round", "village", "state"], name="reply_coverage"),)
        constraints = (
            models.UniqueConstraint(fields=["round", "person"], name="one_reply"),
            models.UniqueConstraint(
                fields=["round", "village"], condition=Q(person=None), name="one_return_a_village"
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def name(self) -> str:
        """The person's, or the village's."""
        if self.person is not None:
            return self.person.name
        return areas.names([self.village]).get(self.village, self.village)

    @property
    def subject(self) -> models.Model:
        """What the record says something happened to."""
        return self.person or self

    def content(self) -> dict[str, Any]:
        """Everything that is merged field by field."""
        return {**self.answers, **{name: getattr(self, name) for name in self.FIELDS}}


class ReplyChange(models.Model):
    """One field of a form, before and after. Only added to; what a page showed is worked out from it."""

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="changes", db_index=False)
    item = models.CharField(max_length=40)
    before = models.JSONField(null=True)  # as in `answers`; of the note, too, {"sealed": …}
    after = models.JSONField(null=True)
    version = models.PositiveIntegerField()
    how = models.CharField(max_length=10, choices=How)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["reply", "version"], name="reply_change"),)

    def __str__(self) -> str:
        return self.item


class ReplyDispute(models.Model):
    """A field that two people wrote differently: both values are kept until somebody decides."""

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="disputes")
    item = models.CharField(max_length=40)
    now = models.JSONField(null=True)  # what stood when the other came
    mine = models.JSONField(null=True)
    how = models.CharField(max_length=10, choices=How)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided = models.CharField(max_length=4, blank=True)  # now | mine
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.item


class ReplyPhoto(models.Model):
    """A photograph of the visit, sealed, without what a camera writes into a file."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reply = models.ForeignKey(Reply, models.CASCADE, related_name="photos")
    media = models.CharField(max_length=20)
    sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.uuid)
