"""Who a row of a list may be: the pair as it was compared, and what people said of it."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.accounts.enums import Line
from yice.loop.identify.enums import PairState


class Pair(models.Model):
    """Entry ↔ person with the evidence it rests on. The link apart says what holds; this says why.

    A link of number and name in full agreement (`id_and_name`, `certificate_and_name`) has no pair until somebody
    looks at it: both values are the whole evidence.
    """

    ACCESS = AreaFields(hukou="area", line="line")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey("identify.ListEntry", models.CASCADE, related_name="pairs", db_index=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="list_pairs")
    kind = models.CharField(max_length=40)  # of the list
    area = models.CharField(max_length=12)  # the person's registered place when the pair was found
    line = models.CharField(max_length=12, choices=Line)
    pass_number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20)  # a word of `matching.REASONS`, with underscores
    weight = models.FloatField()  # bits
    levels = models.CharField(max_length=10)  # a figure for each of `matching.COMPARISONS`
    frequency = models.FloatField()  # how common the name is in the register, as weighed
    evidence = models.BigIntegerField()  # digest of what speaks for it (`matching.of_evidence`)
    rules = models.CharField(max_length=20)  # version of passes and weights
    runner_up = models.ForeignKey(
        "identify.Person", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    runner_up_weight = models.FloatField(null=True)
    takes_away = models.BooleanField()  # may end a benefit: two people must say "the same"
    sampled = models.BooleanField(
        default=False
    )  # found by itself and put to somebody to measure how right that is
    automatic = models.BooleanField(default=False)  # held as the same before anybody looked
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
    undone_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["entry", "person", "evidence"], name="one_pair_an_evidence"),
        )
        indexes = (
            models.Index(fields=["state", "area"], name="pair_queue"),
            models.Index(fields=["evidence"], name="pair_evidence"),
        )

    def __str__(self) -> str:
        return self.reason
