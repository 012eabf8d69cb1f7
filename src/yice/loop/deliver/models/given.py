"""What was given: payments with their source, deliveries in persons and person-times, notices to the person."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.loop.deliver.enums import FundSource, Mode, PaymentKind
from yice.loop.deliver.models.cases import Case, StepRecord
from yice.shelf.fields import SealedJSON, SealedText


class Payment(models.Model):
    """Money for one month or once. A recovery is a row of its own with a negative sum."""

    ACCESS = AreaFields(hukou="case__hukou", residence="case__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="payments")
    record = models.ForeignKey(StepRecord, models.PROTECT, related_name="payments")
    person = models.ForeignKey("identify.Person", models.PROTECT, null=True, related_name="payments")
    # Where the ledger counts it: of its case, and followed with it; null: not known here, the case is asked.
    hukou = models.CharField(max_length=12, null=True)
    kind = models.CharField(max_length=8, choices=PaymentKind, default=PaymentKind.REGULAR)
    month = models.DateField(null=True)  # the month it is for; null: once
    amount_fen = models.BigIntegerField()
    fund_source = models.CharField(max_length=16, choices=FundSource)
    mode = models.CharField(max_length=8, choices=Mode)
    payee = models.CharField(max_length=200, blank=True)  # whom, where not the person: guardian, provider
    provider = models.CharField(max_length=200, blank=True)
    provider_uuid = models.UUIDField(null=True)
    paid_on = models.DateField()

    class Meta:
        indexes = (
            models.Index(
                fields=["person", "month"], include=["amount_fen", "case"], name="payment_of_person"
            ),
            models.Index(fields=["hukou"], include=["amount_fen", "case"], name="payment_counted"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["case", "month"],
                condition=models.Q(kind__in=["regular", "arrears"], month__isnull=False),
                name="one_payment_a_month",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="recovery", amount_fen__lt=0)
                | (~models.Q(kind="recovery") & models.Q(amount_fen__gt=0)),
                name="payment_sign",
            ),
        )

    def __str__(self) -> str:
        return f"{self.month} {self.amount_fen}"


class Delivery(models.Model):
    """Help given on a day: how many persons, how many times, what amount of it, by whom and from which money."""

    ACCESS = AreaFields(hukou="case__hukou", residence="case__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="deliveries")
    record = models.ForeignKey(StepRecord, models.PROTECT, related_name="deliveries")
    person = models.ForeignKey("identify.Person", models.PROTECT, null=True, related_name="deliveries")
    # Where the ledger counts it: of its case, and followed with it; null: not known here, the case is asked.
    hukou = models.CharField(max_length=12, null=True)
    day = models.DateField()
    what = SealedText("delivery_what", max_length=200)
    persons = models.PositiveIntegerField(default=1)
    person_times = models.PositiveIntegerField(default=1)
    quantity = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    unit = models.CharField(max_length=20, blank=True)  # hours, days, pieces
    fen = models.BigIntegerField(null=True)
    fund_source = models.CharField(max_length=16, choices=FundSource)
    mode = models.CharField(max_length=8, choices=Mode)
    provider = models.CharField(max_length=200, blank=True)
    provider_uuid = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["person", "day"], include=["person_times", "fen", "case"], name="delivery_of_person"
            ),
            models.Index(fields=["hukou"], include=["person_times", "fen", "case"], name="delivery_counted"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(person_times__gte=models.F("persons")), name="delivery_counts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.what}"


class Notice(models.Model):
    """A paper to the person: what, why in words, from when, whom to ask, how to object. Made once, never changed."""

    ACCESS = AreaFields(hukou="case__hukou", residence="case__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="notices")
    record = models.OneToOneField(StepRecord, models.PROTECT, related_name="notice")
    kind = models.CharField(max_length=12)  # rules.services.NoticeKind
    content = SealedJSON("notice_content")  # see services.notices
    made_at = models.DateTimeField()
    told_on = models.DateField(null=True)  # handed over or read out
    told_how = models.CharField(max_length=10, blank=True)

    def __str__(self) -> str:
        return self.number


class LedgerTally(models.Model):
    """The ledger of one county as it was last counted, so that a province adds up a hundred rows. None is about a person."""

    ACCESS = AreaFields(hukou="area")

    area = models.CharField(max_length=12, unique=True)
    sums = models.JSONField()  # name of `selectors.ledger.Sums` → number
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.area
