"""The words of a yearly round."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReplyState(models.TextChoices):
    WAITING = "waiting", _("未登记")
    STARTED = "started", _("登记中")
    RETURNED = "returned", _("退回补正")
    FILLED = "filled", _("待审核")
    CHECKED = "checked", _("已审核")
    LOCKED = "locked", _("已锁定")


class Declarant(models.TextChoices):
    """Who spoke for the form."""

    SELF = "self", _("本人")
    GUARDIAN = "guardian", _("监护人")
    OTHER = "other", _("其他人")


class How(models.TextChoices):
    """How a value came onto a form."""

    TYPED = "typed", _("登记")
    CONFIRMED = "confirmed", _("核对无变化")
    OFFICIAL = "official", _("从国家系统导入")
    DECIDED = "decided", _("在两种说法中选定")
    HOUSEHOLD = "household", _("随同户登记")


TO_DO = (ReplyState.WAITING, ReplyState.STARTED, ReplyState.RETURNED)
DONE = (ReplyState.FILLED, ReplyState.CHECKED, ReplyState.LOCKED)
OPEN = (*TO_DO, ReplyState.FILLED)  # whoever fills in may still change it
