"""The words of plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    DRAFT = "draft", _("拟定中")
    IN_FORCE = "in_force", _("执行中")
    CLOSED = "closed", _("已结束")


class Signer(models.TextChoices):
    PERSON = "person", _("本人")
    GUARDIAN = "guardian", _("监护人")


class MeasureState(models.TextChoices):
    OPEN = "open", _("待落实")
    UNDER_WAY = "under_way", _("落实中")
    DONE = "done", _("已落实")
    DROPPED = "dropped", _("不再需要")


class CloseReason(models.TextChoices):
    MET = "met", _("目标已达到")
    LEFT = "left", _("本人退出")
    MOVED = "moved", _("迁出")
    DIED = "died", _("去世")
