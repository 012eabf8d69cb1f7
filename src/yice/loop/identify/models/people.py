"""Persons, households and certificates. Identifiers, phones and addresses are sealed with a keyed index.

Field names used for sealing (see `identifiers.sealing`): "id_number", "phone", "address", "certificate", "account".
"""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.identifiers import sealing
from yice.loop.identify.enums import Sex
from yice.loop.identify.rights.enums import Ground
from yice.shelf.fields import SealedText


class Household(models.Model):
    """People who live and keep house together, as the county numbers them."""

    ACCESS = AreaFields(hukou="area", residence="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.BinaryField(
        max_length=16, null=True, unique=True
    )  # index of county and household number, else of the head's id: how a register row finds its household
    number = models.CharField(max_length=40, blank=True)  # the county's own household number
    area = models.CharField(max_length=12, db_index=True)
    facts = models.JSONField(default=dict)  # facts with unit household that were given for the whole
    batch = models.ForeignKey(
        "identify.Batch", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    digest = models.BinaryField(max_length=16, null=True)

    def __str__(self) -> str:
        return str(self.uuid)


class Person(models.Model):
    """Somebody the place knows. The certificate number is no key: it changes with category and grade."""

    ACCESS = AreaFields(hukou="hukou", residence="residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    name_folded = models.CharField(max_length=100)
    id_kind = models.CharField(max_length=20, blank=True)  # identifiers.citizen_id classes
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(max_length=16, null=True, unique=True)
    sex = models.CharField(max_length=6, choices=Sex, blank=True)  # blank: unknown
    birth_date = models.DateField(null=True)
    hukou = models.CharField(max_length=12)  # 12-digit code; benefits follow it
    residence = models.CharField(max_length=12)  # visits and services follow it
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=16, null=True, db_index=True)
    address_sealed = models.BinaryField(null=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="persons")
    relation = models.CharField(max_length=20, blank=True)  # to the head of the household
    digest = models.BinaryField(max_length=16, null=True)  # keyed digest of the register row last taken
    removed_on = models.DateField(null=True)  # left the register; the record stays
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )  # the same person under another record: this one is off the register, and what comes for it goes there

    class Meta:
        # A code or name index by `db_index` would be built twice on PostgreSQL (once more for LIKE).
        indexes = (
            models.Index(fields=["hukou", "id"]),
            models.Index(fields=["residence", "id"]),
            # Serves "=" and the beginning of a name alike, in any collation.
            models.Index(fields=["name_folded"], name="person_name", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["merged_into"], name="person_merged", condition=models.Q(merged_into__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def id_number(self) -> str:
        return sealing.open_sealed("id_number", self.id_sealed)

    @property
    def phone(self) -> str:
        return sealing.open_sealed("phone", self.phone_sealed)

    @property
    def address(self) -> str:
        return sealing.open_sealed("address", self.address_sealed)


class HouseholdMember(models.Model):
    """A member without a certificate: counted in the household, an outsider to the register."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    name = models.CharField(max_length=100)
    name_folded = models.CharField(max_length=100)
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(max_length=16, null=True, db_index=True)
    sex = models.CharField(max_length=6, choices=Sex, blank=True)
    birth_date = models.DateField(null=True)
    relation = models.CharField(max_length=20, blank=True)
    batch = models.ForeignKey(
        "identify.Batch", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    digest = models.BinaryField(max_length=16, null=True)

    def __str__(self) -> str:
        return str(self.uuid)


class Certificate(models.Model):
    """A read-only copy of what the national register says; wrong ones are corrected by a request to its owner."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="certificates", db_index=False)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=16, db_index=True)
    category = models.CharField(max_length=20)
    grade = models.PositiveSmallIntegerField(null=True)
    parts = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, blank=True)  # valid frozen expired cancelled; blank: unknown
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    replacement = models.PositiveSmallIntegerField(default=0)  # 1 for B1
    current = models.BooleanField(default=True)
    batch = models.ForeignKey(
        "identify.Batch", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = (models.Index(fields=["person", "current"]),)

    def __str__(self) -> str:
        return f"{self.category} {self.grade}"

    @property
    def number(self) -> str:
        return sealing.open_sealed("certificate", self.number_sealed)


class Guardian(models.Model):
    """Who acts for a child, or for an adult of limited or no capacity, with the paper and its end."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="guardians")
    name = models.CharField(max_length=100)
    relation = models.CharField(max_length=20, blank=True)
    phone_sealed = models.BinaryField(null=True)
    document = models.CharField(max_length=100, blank=True)
    ground = models.CharField(
        max_length=8, choices=Ground, blank=True
    )  # blank: came with a list that does not say
    since = models.DateField(null=True)
    until = models.DateField(null=True)  # last day; a child's guardian ends with childhood in any case
    batch = models.ForeignKey(
        "identify.Batch", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return self.name

    @property
    def phone(self) -> str:
        return sealing.open_sealed("phone", self.phone_sealed)


class ExternalId(models.Model):
    """The person's number in another system."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="external_ids")
    system = models.CharField(max_length=40)
    value_sealed = models.BinaryField()
    value_index = models.BinaryField(max_length=16)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["system", "value_index"], name="external_id_once"),)

    def __str__(self) -> str:
        return self.system


class CorrectionRequest(models.Model):
    """What is asked of the owner of a register: the fact, what we hold right, and what they answered."""

    ACCESS = AreaFields(hukou="person__hukou", residence="person__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="correction_requests")
    register = models.CharField(max_length=40)  # "certificates", or a list kind
    fact = models.CharField(max_length=60)
    held = models.JSONField(null=True)
    asked = models.JSONField(null=True)
    why = SealedText("correction_why", max_length=500)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=20, blank=True)  # corrected | refused | withdrawn
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.fact


class NameFolding(models.Model):
    """The single row that says by which tables the names on file were folded (`identifiers.names.folding`)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    tables = models.CharField(max_length=32)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_folding"),)

    def __str__(self) -> str:
        return self.tables
