"""Registers as they came in, and what stands on them: things of a kind at a place, for as long as they stood."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from yice.accounts.access import AreaFields


class Of(models.TextChoices):
    """Whose rows a register holds; the words of packs (`of` a fact)."""

    ORGANISATION = "organisation", _("机构和设施")
    POST = "post", _("岗位")
    AREA = "area", _("地区情况")


class Register(models.Model):
    """One register received: of an area, as of a day, complete for the kinds it says."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    of = models.CharField(max_length=12, choices=Of)
    area = models.CharField(max_length=12)
    as_of = models.DateField()
    whole = models.JSONField(default=list)  # kinds of which nothing is missing from it
    rows = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["of", "area", "as_of"]),)

    def __str__(self) -> str:
        return f"{self.of} {self.area} {self.as_of}"


class Entry(models.Model):
    """A facility, organisation or post (or the figures of a place) between two days. Never a person's name."""

    ACCESS = AreaFields(hukou="area")

    register = models.ForeignKey(Register, models.PROTECT, related_name="entries")
    of = models.CharField(max_length=12, choices=Of)
    kind = models.CharField(max_length=40, blank=True)  # a code of the fact facility_kind or post_kind
    name = models.CharField(max_length=120)
    area = models.CharField(max_length=12)
    facts = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # the last day it stood

    class Meta:
        indexes = (models.Index(fields=["of", "area"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["of", "kind", "name", "area"],
                condition=models.Q(valid_to=None),
                name="one_standing_entry",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.area}"
