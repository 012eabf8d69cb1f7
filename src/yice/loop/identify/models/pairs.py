"""Who a row of a list may be, and which two on the register are one: pairs as compared, and what people said."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.accounts.enums import Line
from yice.loop.identify.enums import PairState
from yice.shelf.fields import SealedText


class Weighed(models.Model):
    """Two records compared: the evidence it rests on, and the verdicts."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.CharField(max_length=12)  # the person's registered place when the pair was found
    line = models.CharField(max_length=12, choices=Line)
    pass_number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20)  # a word of `matching.REASONS`, with underscores
    weight = models.FloatField()  # bits
    levels = models.CharField(max_length=10)  # a figure for each of `matching.COMPARISONS`
    frequency = models.FloatField()  # how common the name is in the register, as weighed
    evidence = models.BigIntegerField()  # digest of what speaks for it (`matching.of_evidence`)
    rules = models.CharField(max_length=20)  # version of passes and weights
    takes_away = models.BooleanField()  # may end a benefit: two people must say "the same"
    state = models.CharField(max_length=12, choices=PairState, default=PairState.PROPOSED)
    version = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    second_at = models.DateTimeField(null=True)
    undone_why = SealedText("pair_undone", max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reason


class Pair(Weighed):
    """Entry ↔ person with the evidence it rests on. The link apart says what holds; this says why.

    A link of number and name in full agreement (`id_and_name`, `certificate_and_name`) has no pair until somebody
    looks at it: both values are the whole evidence.
    """

    ACCESS = AreaFields(hukou="area", line="line")

    entry = models.ForeignKey("identify.ListEntry", models.CASCADE, related_name="pairs", db_index=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="list_pairs")
    kind = models.CharField(max_length=40)  # of the list
    runner_up = models.ForeignKey(
        "identify.Person", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    runner_up_weight = models.FloatField(null=True)
    sampled = models.BooleanField(
        default=False
    )  # found by itself and put to somebody to measure how right that is
    automatic = models.BooleanField(default=False)  # held as the same before anybody looked

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["entry", "person", "evidence"], name="one_pair_an_evidence"),
        )
        indexes = (
            models.Index(fields=["state", "area"], name="pair_queue"),
            models.Index(fields=["evidence"], name="pair_evidence"),
        )


class Duplicate(Weighed):
    """Two on the register who may be one. Only people say so; what a merge moved is written down, for the way back."""

    ACCESS = AreaFields(hukou="area", line="line")

    kept = models.ForeignKey("identify.Person", models.CASCADE, related_name="duplicates")
    other = models.ForeignKey("identify.Person", models.CASCADE, related_name="duplicate_of")
    # What the merge moved from `other` to `kept`: "app.model.field" → keys; and since when `other` was off the register.
    moved = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kept", "other", "evidence"], name="one_duplicate_an_evidence"),
        )
        indexes = (models.Index(fields=["state", "area"], name="duplicate_queue"),)
