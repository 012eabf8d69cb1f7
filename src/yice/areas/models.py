"""One node a code. A node may fill several tiers (441900 is prefecture and county at once)."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.IntegerChoices):
    """The five tiers by depth. What a place calls them is the pack's `tier names`."""

    PROVINCE = 1, _("省级")
    PREFECTURE = 2, _("地级")
    COUNTY = 3, _("县级")
    TOWNSHIP = 4, _("乡级")
    VILLAGE = 5, _("村级")


class Area(models.Model):
    """A division. All below it is `code__gte=self.code, code__lt=self.end`: one indexed range."""

    code = models.CharField(primary_key=True, max_length=12)
    end = models.CharField(max_length=12)  # the first code after everything below this one
    name = models.CharField(max_length=100)
    tier = models.PositiveSmallIntegerField(choices=Tier)  # the highest tier it fills
    lowest_tier = models.PositiveSmallIntegerField(
        choices=Tier
    )  # equal to tier unless one node fills several
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", db_index=False)
    valid_from = models.DateField(null=True)  # None: since before the first edition known here
    valid_to = models.DateField(null=True)  # the last day it stood
    edition = models.DateField(null=True)  # the last edition of the division list that named it
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="predecessors", db_index=False
    )

    class Meta:
        # Not Django's own indexes of the two keys: they would be two each, and nearly all successors are null.
        indexes = (
            models.Index(fields=["tier", "code"]),
            models.Index(fields=["parent", "code"]),
            models.Index(
                fields=["successor"], name="area_heirs", condition=models.Q(successor__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(tier__lte=models.F("lowest_tier")), name="area_tiers_in_order"
            ),
            models.CheckConstraint(condition=models.Q(code__lt=models.F("end")), name="area_range_not_empty"),
        )

    def __str__(self) -> str:
        return self.name

    def covers(self, code: str) -> bool:
        """Whether `code` (12 digits) is this area or lies below it."""
        return self.code <= code < self.end

    @property
    def tiers(self) -> range:
        """Every tier it fills: 441900 is prefecture and county at once."""
        return range(self.tier, self.lowest_tier + 1)

    def stood_on(self, day: dt.date) -> bool:
        """Whether the area existed on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )
