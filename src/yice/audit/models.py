"""Events are only ever added. Each carries the hash of the one before it, so a change or a gap can be named."""

from __future__ import annotations

import uuid

from django.db import models


class Event(models.Model):
    """One thing that happened: code, who, when, about what, where, and its values (never an identifier)."""

    at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=60)
    actor = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True, default=None)
    area = models.CharField(max_length=12, blank=True)
    values = models.JSONField(default=dict)
    before = models.BinaryField(max_length=32)  # the hash of the event before this one
    hash = models.BinaryField(max_length=32)
    # The later event that says why this one's content is gone; the chain holds on by the two hashes.
    emptied_by = models.ForeignKey("self", models.PROTECT, null=True, default=None, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["subject_type", "subject_id", "at"]),)

    def __str__(self) -> str:
        return self.code


class Anchor(models.Model):
    """The head of the chain at the end of a day; its copy outside the database holds whoever rewrites the chain."""

    day = models.DateField(unique=True)
    event_id = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return self.day.isoformat()


class ChainHead(models.Model):
    """The single row that writers lock: the hash of the last event."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_chain_head"),)

    def __str__(self) -> str:
        return uuid.UUID(bytes=bytes(self.hash)[:16]).hex
