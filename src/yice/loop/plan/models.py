"""Plans of a person or a household: versions that are never overwritten, measures, reviews, groups."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.loop.identify.models import Person
from yice.loop.plan.enums import CloseReason, MeasureState, PlanState, Signer
from yice.shelf.fields import SealedText


class HelpPlan(models.Model):
    """One person one plan (一人一策), or one household one case (一户一案)."""

    ACCESS = AreaFields(hukou="hukou", residence="residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    person = models.ForeignKey("identify.Person", models.CASCADE, null=True, related_name="plans")
    household = models.ForeignKey("identify.Household", models.CASCADE, null=True, related_name="plans")
    hukou = models.CharField(max_length=12)
    residence = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=PlanState, default=PlanState.DRAFT)
    opened_on = models.DateField()
    review_on = models.DateField(null=True)  # the next follow-up (跟踪回访)
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=5, choices=CloseReason, blank=True)
    satisfied = models.PositiveSmallIntegerField(null=True)  # 1 to 5, as the person says at the end
    version = models.PositiveIntegerField(default=0)  # of the last version written
    key = models.CharField(max_length=64, unique=True)
    # What its last version comes to, kept for the ledger (`services.summing`); null: not known here, it is added up.
    measures = models.PositiveIntegerField(null=True)
    measures_done = models.PositiveIntegerField(null=True)
    planned_fen = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["hukou", "state", "review_on"], name="plan_hukou"),
            models.Index(fields=["residence", "state", "review_on"], name="plan_residence"),
            models.Index(
                fields=["hukou"],
                include=["measures", "measures_done", "planned_fen"],
                name="plan_counted",
                condition=models.Q(state="in_force"),
            ),
            models.Index(fields=["id"], name="plan_not_summed", condition=models.Q(measures__isnull=True)),
        )
        constraints = (
            models.CheckConstraint(
                name="plan_of_one", condition=models.Q(person=None) ^ models.Q(household=None)
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=~models.Q(state="closed") & models.Q(person__isnull=False),
                name="one_plan_a_person",
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=~models.Q(state="closed") & models.Q(household__isnull=False),
                name="one_plan_a_household",
            ),
        )

    def __str__(self) -> str:
        return self.number

    def people(self) -> list[Person]:
        """The person of the plan, or everybody of its household who is on the register."""
        if self.person is not None:
            return [self.person]
        rows = Person.objects.filter(household=self.household, removed_on=None)
        return list(rows.select_related("household").order_by("id"))


class PlanVersion(models.Model):
    """The plan as it was agreed. Signed once; a change is a new version."""

    plan = models.ForeignKey(HelpPlan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    determination = models.ForeignKey("assess.Determination", models.PROTECT, null=True, related_name="+")
    goal = SealedText("plan_goal", max_length=1000, blank=True)
    why = SealedText("plan_why", max_length=500, blank=True)  # why this version was made
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True)
    signed_as = models.CharField(max_length=8, choices=Signer, blank=True)
    signed_by = models.CharField(max_length=100, blank=True)  # the guardian's name

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="one_plan_version"),)

    def __str__(self) -> str:
        return str(self.number)


class Measure(models.Model):
    """What is to be done, by which department and person, with what result, by when, with what money from where."""

    ACCESS = AreaFields(hukou="version__plan__hukou", residence="version__plan__residence")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)  # the same measure through all versions
    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="measures")
    need = models.ForeignKey("identify.Need", models.SET_NULL, null=True, related_name="measures")
    kind = models.CharField(max_length=20)  # rules.services.NEEDS
    what = SealedText("measure_what", max_length=500)
    department = models.CharField(max_length=40)  # an office of packs: "education@county"
    responsible = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    responsible_name = models.CharField(max_length=100, blank=True)
    result = SealedText("measure_result", max_length=500)  # what shall be true then
    by = models.DateField()
    fen = models.BigIntegerField(null=True)
    fund_source = models.CharField(max_length=16, blank=True)
    mode = models.CharField(max_length=8, blank=True)  # cash | purchase | goods | voucher
    provider = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["uuid", "version"], name="one_measure_a_version"),)

    def __str__(self) -> str:
        return self.what[:40]


class Progress(models.Model):
    """How a measure stands, said by whom and when. Only added to; the last one holds through later versions."""

    plan = models.ForeignKey(HelpPlan, models.CASCADE, related_name="progress")
    measure = models.UUIDField(db_index=True)
    state = models.CharField(max_length=9, choices=MeasureState)
    note = SealedText("measure_note", max_length=1000, blank=True)
    result = SealedText("progress_result", max_length=500, blank=True)
    fen = models.BigIntegerField(null=True)  # spent so far
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.state


class Review(models.Model):
    """A follow-up: seen when, with what effect, and what it changes."""

    plan = models.ForeignKey(HelpPlan, models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField()  # the version that was looked at
    due_on = models.DateField(null=True)
    on = models.DateField()
    effect = SealedText("plan_effect", max_length=1000)
    change = models.BooleanField(default=False)  # a new version is called for
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.on)


class GroupStay(models.Model):
    """Somebody with a plan in a group of help, from when and why; left when and why (有进有出). Kept for ever."""

    ACCESS = AreaFields(hukou="person__hukou", residence="person__residence")

    person = models.ForeignKey("identify.Person", models.CASCADE, related_name="groups")
    group = models.CharField(max_length=60)
    pack_hash = models.CharField(max_length=64)
    entered_on = models.DateField()
    entered_why = models.JSONField(default=dict)
    left_on = models.DateField(null=True)
    left_why = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "group"], condition=models.Q(left_on=None), name="one_stay_in_a_group"
            ),
        )

    def __str__(self) -> str:
        return self.group
