"""A person's current facts: one wide row with the batch it came from, overrides where a fact differs from it."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.loop.identify.enums import BatchKind, BatchState


class Batch(models.Model):
    """One delivery of facts: which source, as of which day, who brought it, what it did."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=BatchKind)
    source = models.CharField(max_length=40)  # "registry", "household", "list:deaths_civil", "person"
    area = models.CharField(max_length=12)
    as_of = models.DateField()  # the day the facts speak of
    month = models.DateField(null=True)  # first day of the month a list is for
    whole = models.BooleanField(default=False)  # accepted as complete for area and month
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    file_path = models.CharField(max_length=200, blank=True)  # the upload, kept until the batch is decided
    mapping = models.JSONField(default=dict)  # column → fact, as understood or corrected by hand
    state = models.CharField(max_length=12, choices=BatchState, default=BatchState.STAGED)
    counts = models.JSONField(default=dict)  # read added changed unchanged refused would_remove unmatched
    pauses = models.JSONField(default=list)  # why it waits for a yes: code and numbers
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField(null=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["kind", "source", "-as_of"]),)

    def __str__(self) -> str:
        return f"{self.source} {self.as_of}"


class Facts(models.Model):
    """What the register and the survey say of one person; a null is unknown.

    Typed columns are those filtered or joined; the rest stand in `rest` by fact name. `overrides` holds, by fact,
    the sourced values that did not come with `batch`: [{"value", "source", "date", "by", "batch"}], newest first.
    """

    person = models.OneToOneField("identify.Person", models.CASCADE, primary_key=True, related_name="facts")
    # No constraint on the batch here and below: PostgreSQL would check it row by row (a quarter of a first load's
    # commit), and a batch is never deleted.
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    category = models.CharField(max_length=20, null=True)
    grade = models.PositiveSmallIntegerField(null=True)
    parts = models.CharField(max_length=100, null=True)
    certified = models.BooleanField(null=True)
    certificate_status = models.CharField(max_length=10, null=True)
    certificate_until = models.DateField(null=True)
    rural = models.BooleanField(null=True)
    employed = models.BooleanField(null=True)
    school_stage = models.CharField(max_length=12, null=True)
    rest = models.JSONField(default=dict)
    overrides = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "facts"

    def __str__(self) -> str:
        return str(self.person_id)


class Change(models.Model):
    """One row a change, never one a person a fact: what it was, what it became, through which batch or whom."""

    person = models.ForeignKey(
        "identify.Person", models.CASCADE, related_name="changes", db_index=False
    )  # the index below begins with it
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+", db_constraint=False)
    fact = models.CharField(max_length=60)
    before = models.JSONField(null=True)  # sealed fields appear as "changed" only
    after = models.JSONField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = (models.Index(fields=["person", "-at"]),)

    def __str__(self) -> str:
        return self.fact
