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


class ProviderState(models.TextChoices):
    ADMITTED = "admitted", _("已准入")
    APPLIED = "applied", _("申请中")
    SUSPENDED = "suspended", _("暂停派单")
    ENDED = "ended", _("已退出")


class Provider(models.Model):
    """An organisation of the network: for which services it may be ordered, from when to when, for how many people."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)  # as on the register of organisations
    area = models.CharField(max_length=12)  # where it was admitted: there and below it may be ordered
    kind = models.CharField(max_length=40, blank=True)  # a code of the fact facility_kind
    services = models.JSONField(default=list)  # ids of the pack's services
    capacity = models.PositiveIntegerField(null=True)  # people served at a time; null: not limited
    state = models.CharField(max_length=10, choices=ProviderState, default=ProviderState.APPLIED)
    applied_on = models.DateField()
    since = models.DateField(null=True)
    until = models.DateField(null=True)  # last day
    people = models.ManyToManyField("accounts.User", related_name="+")  # accounts that work for it
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["area", "state"], name="provider_area"),)
        constraints = (
            models.UniqueConstraint(
                fields=["name", "area"], condition=~models.Q(state="ended"), name="one_provider_an_area"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ProviderStep(models.Model):
    """What became of it, when, by whom and why. Only added to."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=ProviderState)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.state
