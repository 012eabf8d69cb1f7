"""What was installed, what the facts were on a day, and which run compared the two."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields


class Packs(models.Manager["InstalledPack"]):
    """Packs without their archive, which is read once a process: where rows lead to a pack, `defer("pack__files")`."""

    def get_queryset(self) -> models.QuerySet[InstalledPack]:
        return super().get_queryset().defer("files")


class InstalledPack(models.Model):
    """One version of a pack, never changed once installed: decisions keep its hash."""

    pack_id = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    hash = models.CharField(max_length=64, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    settings = models.JSONField(default=dict)  # overrides chosen here
    files = models.BinaryField()  # the pack with what it extends, as a zip
    areas = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    installed_at = models.DateTimeField()
    installed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    objects = Packs()

    def __str__(self) -> str:
        return f"{self.pack_id} {self.version}"


class Snapshot(models.Model):
    """The facts of an area as they stood, as Parquet under the data folder: values in one file, sources beside it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.CharField(max_length=12)
    as_of = models.DateField()
    path = models.CharField(max_length=200)  # relative to the data folder
    digest = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    lists = models.JSONField(default=list)  # the receipts that silence leaned on
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.area} {self.as_of}"


class ScreeningRun(models.Model):
    """One pack over one snapshot on one day."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pack = models.ForeignKey(InstalledPack, models.PROTECT, related_name="runs")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs")
    area = models.CharField(max_length=12)
    as_of = models.DateField()
    ended = models.BooleanField(default=False)  # the plan's period was over: no new work comes of it
    counts = models.JSONField(default=dict)  # group → status → persons
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pack_id} {self.as_of}"


class Comparison(models.Model):
    """What would change for whom: the plan in force beside another, over the facts of one day.

    The persons behind its figures stand in a Parquet file; nothing follows from a comparison until somebody puts
    the other plan in force, and then the list of who would lose what they receive is signed for.
    """

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    old = models.ForeignKey(InstalledPack, models.PROTECT, related_name="+")
    new = models.ForeignKey(InstalledPack, models.PROTECT, related_name="+")
    area = models.CharField(max_length=12)
    as_of = models.DateField()
    path = models.CharField(max_length=200)  # of the persons' file, relative to the data folder
    figures = models.JSONField(default=dict)  # as `yice whatif` tells them
    changed = models.IntegerField(default=0)  # persons for whom anything changes
    dropped = models.IntegerField(default=0)  # persons who receive a benefit and would lose it
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")  # why it is put in force, in the words of who signed

    def __str__(self) -> str:
        return f"{self.area} {self.as_of}"
