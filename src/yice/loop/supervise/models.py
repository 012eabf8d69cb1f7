"""Reports frozen on their day, with the persons behind each figure, so that the next one can be compared."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.accounts.enums import Line


class Report(models.Model):
    """An area's figures as they stood: as-of day, pack hash, the lists leaned on."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.CharField(max_length=12)
    as_of = models.DateField()
    pack_hash = models.CharField(max_length=64)
    pack_title = models.CharField(max_length=200)
    lists = models.JSONField(default=list)
    figures = models.JSONField(default=dict)  # area code → figure name → count
    targets = models.JSONField(default=dict)  # area code → target → numbers, as `TargetTally`
    counted_on = models.DateField(null=True)  # the day that the targets were counted for
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.area} {self.as_of}"


class MonthFigures(models.Model):
    """What stands for a month: counted once, so that nobody's coming or going shows from one day to the next."""

    ACCESS = AreaFields(hukou="area")

    area = models.CharField(max_length=12)  # the place on top
    of = models.CharField(
        max_length=60, default="before", db_default="before"
    )  # `months.FIGURES`, or a pack's id
    month = models.DateField()  # its first day
    lines = models.CharField(max_length=40)  # of work, where it is "before"
    counted_on = models.DateField()
    counted_at = models.DateTimeField(null=True)
    run = models.ForeignKey("policy.ScreeningRun", models.SET_NULL, null=True, related_name="+")  # of targets
    figures = models.JSONField(default=dict)  # area code → name → number, as counted
    classes = models.JSONField(
        null=True
    )  # `withheld.Classes`; of targets that a release before counted: None

    class Meta:
        constraints = (models.UniqueConstraint(fields=["area", "of", "lines", "month"], name="once_a_month"),)

    def __str__(self) -> str:
        return f"{self.area} {self.of} {self.month}"


class Told(models.Model):
    """What of a month is told of one place to whoever may only see statistics."""

    ACCESS = AreaFields(hukou="area")

    month = models.ForeignKey(MonthFigures, models.CASCADE, related_name="told")
    area = models.CharField(max_length=13)  # with "+": those who are registered at the place itself
    numbers = models.JSONField(default=dict)  # name → number; one that is missing is withheld

    class Meta:
        constraints = (models.UniqueConstraint(fields=["month", "area"], name="told_once"),)

    def __str__(self) -> str:
        return f"{self.month_id} {self.area}"


class ReportLine(models.Model):
    """One finding as the report saw it."""

    ACCESS = AreaFields(hukou="hukou", line="line")

    report = models.ForeignKey(Report, models.CASCADE, related_name="lines")
    person = models.ForeignKey("identify.Person", models.PROTECT, related_name="+")
    finding = models.ForeignKey("identify.Finding", models.PROTECT, related_name="+")
    group = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    line = models.CharField(max_length=12, choices=Line)
    state = models.CharField(max_length=12)
    hukou = models.CharField(max_length=12)

    class Meta:
        indexes = (models.Index(fields=["report", "hukou"]),)

    def __str__(self) -> str:
        return f"{self.kind} {self.group}"


class TargetTally(models.Model):
    """What a run counted for the targets of its plan in one area. No row is about a person."""

    ACCESS = AreaFields(hukou="area")

    run = models.ForeignKey("policy.ScreeningRun", models.CASCADE, related_name="+")
    area = models.CharField(max_length=12)
    numbers = models.JSONField(default=dict)  # target → numbers, by form: `rules.targets.forms.WIDTH`

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "area"], name="one_tally_a_run_and_area"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.area}"
