"""One row a job: what to do by reference, who holds it, how far it is.

`lease_until` and `stage_at` are real time (they measure); the other times are the site's clock (people read them).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from yice.accounts.access import AreaFields


class State(models.TextChoices):
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已取消")


class Job(models.Model):
    """Work that outlives a request. `fence` grows with every lease: a commit checks that its own is still current."""

    ACCESS = AreaFields(hukou="area")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    area = models.CharField(max_length=12, blank=True)
    arguments = models.JSONField(default=dict)  # references only, never a person's data
    state = models.CharField(max_length=12, choices=State, default=State.WAITING, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=80, blank=True)
    # Running: when the holder's lease ends. Waiting: not before. Once it has passed, anybody may take the job.
    lease_until = models.DateTimeField(null=True)
    suspected = models.BooleanField(default=False)  # its lease ran out once: taken over if it stays silent
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    stage = models.CharField(max_length=60, blank=True)  # source text in Chinese
    stage_at = models.DateTimeField(null=True)  # when `done` began to count from nothing
    cancel_asked = models.BooleanField(default=False)
    error = models.CharField(max_length=60, blank=True)  # a Problem's code, no values
    error_text = models.JSONField(default=dict)  # its sentences, untranslated, see `selectors.problem_of`
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["state", "id"]), models.Index(fields=["owner", "-id"]))

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
