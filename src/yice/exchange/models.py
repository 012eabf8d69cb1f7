"""Other departments' lists as agreements, and what is put to their owners: rounds of doubts and the answers."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from yice.accounts.access import AreaFields
from yice.shelf.fields import SealedText


class Every(models.TextChoices):
    """How often a list is due; the words of packs."""

    MONTH = "month", _("每月一次")
    QUARTER = "quarter", _("每季度一次")
    YEAR = "year", _("每年一次")


class DoubtState(models.TextChoices):
    OPEN = "open", _("待提交")
    ASKED = "asked", _("待答复")
    CORRECTED = "corrected", _("已更正")
    CONFIRMED = "confirmed", _("确认无误")
    NOT_OURS = "not_ours", _("不归来表单位管")
    GONE = "gone", _("疑点已消失")


class Why(models.TextChoices):
    """Why a row is in doubt. None of these says what another source holds."""

    ID_CHECK = "id_check", _("证件号通不过校验")
    ID_CUT = "id_cut", _("证件号被电子表格截断，后几位成了 0")
    OTHER_NAME = "other_name", _("证件号登记在另一个姓名下")
    TWO_PERSONS = "two_persons", _("同一个证件号在名单上有两个姓名")
    DEAD = "dead", _("另有名单说此人在这个月以前已经去世")
    NOBODY = "nobody", _("残疾人登记册上没有这个人")


class Agreement(models.Model):
    """Who sends which list, under which basis, how often, and how long its rows are kept. Offices, never persons."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.CharField(max_length=12)
    slot = models.CharField(max_length=40, blank=True)  # of the plan's catalogue; blank: an addition to it
    kind = models.CharField(max_length=40, blank=True)  # a list kind; blank: no file of it can be read yet
    title = models.CharField(max_length=100)
    sender = models.CharField(max_length=100)
    contact = models.CharField(max_length=100)  # an office or a post and its telephone, never a person's own
    basis = models.CharField(max_length=300)
    every = models.CharField(max_length=10, choices=Every)
    due_days = models.PositiveSmallIntegerField()  # after the last day of the period it is about
    since = models.DateField()  # first day of the first period asked for
    until = models.DateField(null=True)  # the last day the agreement holds
    keeps = models.CharField(max_length=200)  # what is kept of a row, in words
    keep_months = models.PositiveSmallIntegerField()  # after the period's end, then the rows are deleted
    version = models.PositiveIntegerField(default=0)
    tier = models.PositiveSmallIntegerField()  # who sees to it now; an overdue list climbs
    climbed_on = models.DateField(null=True)
    chased_for = models.DateField(null=True)  # the period last chased, with when and how often
    chased_at = models.DateTimeField(null=True)
    chases = models.PositiveSmallIntegerField(default=0)
    agreed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["area", "slot"], condition=~models.Q(slot=""), name="one_agreement_a_slot"
            ),
            models.UniqueConstraint(
                fields=["area", "kind"], condition=~models.Q(kind=""), name="one_agreement_a_list"
            ),
        )

    def __str__(self) -> str:
        return f"{self.area} {self.kind or self.slot}"


class Inquiry(models.Model):
    """One round: rows in doubt put to the owner of a list, in a file of their own values."""

    ACCESS = AreaFields(hukou="agreement__area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="inquiries")
    rows = models.PositiveIntegerField()
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.pk}"


class Doubt(models.Model):
    """A row of a list that its owner should look at, and what they said. Its values stand with the row, sealed."""

    ACCESS = AreaFields(hukou="agreement__area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="doubts", db_index=False)
    entry = models.ForeignKey("identify.ListEntry", models.CASCADE, related_name="doubts")
    why = models.JSONField(default=list)  # codes of `Why`
    evidence = models.BinaryField(max_length=16)  # keyed digest of reasons, name and number: asked only once
    state = models.CharField(max_length=10, choices=DoubtState, default=DoubtState.OPEN)
    found_at = models.DateTimeField()
    inquiry = models.ForeignKey(Inquiry, models.SET_NULL, null=True, related_name="doubts")
    answered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )  # who brought the answer in
    answered_at = models.DateTimeField(null=True)
    remark = SealedText("doubt_remark", max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["entry"],
                condition=models.Q(state__in=["open", "asked"]),
                name="one_open_doubt_a_row",
            ),
        )
        indexes = (
            models.Index(fields=["agreement", "state"], name="doubt_by_state"),
            models.Index(fields=["evidence"], name="doubt_evidence"),
        )

    def __str__(self) -> str:
        return self.state
