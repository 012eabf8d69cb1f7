"""Other departments' lists: kept as received, joined to persons by links that live apart and can be undone."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q

from yice.accounts.access import AreaFields
from yice.loop.identify.enums import EntrySource, LinkState
from yice.loop.identify.models.facts import Batch

STANDS = 2**62  # above every key


class Receipts(models.Manager["ListReceipt"]):
    """Deliveries without the digests of their rows, megabytes that the next delivery alone reads."""

    def get_queryset(self) -> models.QuerySet[ListReceipt]:
        return super().get_queryset().defer("known")


class ListReceipt(models.Model):
    """A list came: for which area and month, and whether it was accepted as whole, so that silence means no.

    A row that says what a row of the delivery before said is not kept twice: that one stands in this delivery too.
    """

    ACCESS = AreaFields(hukou="area")

    batch = models.OneToOneField(Batch, models.CASCADE, related_name="receipt")
    kind = models.CharField(max_length=40)  # a pack's list kind
    area = models.CharField(max_length=12)
    month = models.DateField()
    whole = models.BooleanField()
    rows = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()
    unmatched = models.PositiveIntegerField()
    current = models.BooleanField(default=True)  # False once a later delivery for the same month replaced it
    # By which rules and weights its rows were compared with the register as it stands; blank: they must be anew.
    compared_by = models.CharField(max_length=60, blank=True)
    emptied_on = models.DateField(null=True)  # its rows were deleted when their time was over
    begins = models.BigIntegerField(
        null=True
    )  # the oldest delivery of which rows may stand here; null: only its own
    known = models.BinaryField(
        null=True
    )  # its rows as the next delivery knows them again (`imports.standing`)

    objects = Receipts()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "area", "month"], condition=models.Q(current=True), name="one_current_receipt"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.month:%Y-%m}"

    def holds(self, on: str = "") -> Q:
        """That a row (at `on`, say "entry__") stands in this delivery."""
        return Q((f"{on}batch__in", self.batches()), (f"{on}until__gt", self.pk))

    def batches(self) -> list[int]:
        """The deliveries of which rows may stand here, its own last."""
        if self.begins is None:
            return [self.batch_id]
        same = ListReceipt.objects.filter(
            kind=self.kind, area=self.area, pk__gte=self.begins, pk__lte=self.pk
        )
        return list(same.order_by("pk").values_list("batch_id", flat=True))

    @property
    def entries(self) -> models.QuerySet[ListEntry]:
        """Its rows, whichever delivery brought them first."""
        return ListEntry.objects.filter(self.holds())


class ListEntry(models.Model):
    """One row of a list, as the sender wrote it after normalising; identifiers sealed."""

    ACCESS = AreaFields(hukou="area")

    batch = models.ForeignKey(
        Batch, models.CASCADE, related_name="entries", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=40)
    month = models.DateField()  # the month a payment is for; else that of the list that brought it
    dated = models.BooleanField(
        default=True
    )  # the row says its month; else it is that of each list it stands in
    until = models.BigIntegerField(default=STANDS)  # the first `ListReceipt` of this list that has it no more
    row = models.PositiveIntegerField()  # row number in the file, for the sender
    name = models.CharField(max_length=100, blank=True)
    name_folded = models.CharField(max_length=100, blank=True)
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(max_length=16, null=True)
    certificate_index = models.BinaryField(max_length=16, null=True)
    area = models.CharField(max_length=12, blank=True)
    pay_kind = models.CharField(max_length=10, blank=True)  # regular | arrears | recovery
    amount_fen = models.BigIntegerField(null=True)
    account_sealed = models.BinaryField(null=True)
    account_index = models.BinaryField(max_length=16, null=True)
    values = models.JSONField(default=dict)  # facts the row states, by fact name
    # Sealed JSON of what else it says of who it is: birth_date, sex, phone, address.
    beside_sealed = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=16, null=True)  # keyed, of all that says who it is

    class Meta:
        indexes = (
            models.Index(fields=["kind", "month", "id_index"]),
            models.Index(fields=["batch", "row"]),
            models.Index(fields=["name_folded"]),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"


def counts_now(on: str = "", **more: object) -> Exists:
    """That a row (at `on`) stands in a delivery that counts; `more` is asked of that delivery."""
    first = OuterRef(f"{on}batch__receipt__pk")
    stands = Q(begins__lte=first, pk__gt=first, pk__lt=OuterRef(f"{on}until"))
    rows = ListReceipt.objects.filter(
        Q(pk=first) | stands,
        kind=OuterRef(f"{on}kind"),
        area=OuterRef(f"{on}batch__receipt__area"),
        current=True,
        **more,
    )
    return Exists(rows)


def standing_in(entries: models.QuerySet[ListEntry]) -> models.QuerySet[ListReceipt]:
    """Every delivery in which one of these rows stands."""
    stands = Q(
        batch__receipt__kind=OuterRef("kind"), batch__receipt__area=OuterRef("area"),
        batch__receipt__pk__gte=OuterRef("begins"), batch__receipt__pk__lte=OuterRef("pk"), until__gt=OuterRef("pk"),
    )  # fmt: skip
    return ListReceipt.objects.filter(Exists(entries.filter(Q(batch=OuterRef("batch")) | stands))).order_by(
        "pk"
    )


class EntryVersion(models.Model):
    """What a row said before and after its owner corrected it; the row itself holds the newest version."""

    entry = models.ForeignKey(ListEntry, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()  # 1: as sent
    source = models.CharField(max_length=20, choices=EntrySource)
    name = models.CharField(max_length=100, blank=True)
    id_sealed = models.BinaryField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "number"], name="entry_version_once"),)

    def __str__(self) -> str:
        return self.source


class ListLink(models.Model):
    """Entry ↔ person: how it was found and what it is worth. `possible` makes the fact unknown, never false."""

    entry = models.ForeignKey(ListEntry, models.CASCADE, related_name="links", db_index=False)
    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="list_links")
    state = models.CharField(max_length=10, choices=LinkState)
    # id_and_name | certificate_and_name | name_only | person, else why it was found (`matching.REASONS`)
    how = models.CharField(max_length=20)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["entry", "person"], name="one_link_an_entry_and_person"),
        )

    def __str__(self) -> str:
        return self.how
