"""Other departments' lists: kept as received, joined to persons by links that live apart and can be undone."""

from __future__ import annotations

from django.db import models

from yice.accounts.access import AreaFields
from yice.loop.identify.enums import EntrySource, LinkState
from yice.loop.identify.models.facts import Batch


class ListReceipt(models.Model):
    """A list came: for which area and month, and whether it was accepted as whole, so that silence means no."""

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

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "area", "month"], condition=models.Q(current=True), name="one_current_receipt"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.month:%Y-%m}"


class ListEntry(models.Model):
    """One row of a list, as the sender wrote it after normalising; identifiers sealed."""

    ACCESS = AreaFields(hukou="area")

    batch = models.ForeignKey(
        Batch, models.CASCADE, related_name="entries", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=40)
    month = models.DateField()  # the month a payment is for; else the list's month
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
