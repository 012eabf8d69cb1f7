"""The words of consents, guardians, objections and disposals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GivenBy(models.TextChoices):
    PERSON = "person", _("本人")
    GUARDIAN = "guardian", _("监护人")


class How(models.TextChoices):
    """How somebody said it."""

    WRITTEN = "written", _("书面签字")
    SPOKEN = "spoken", _("口头，有第二人见证")
    PHONE = "phone", _("电话，有录音")
    ONLINE = "online", _("网上")


class Ground(models.TextChoices):
    """Why somebody has a guardian (Civil Code, articles 17 to 24)."""

    MINOR = "minor", _("未满十八周岁")
    LIMITED = "limited", _("限制民事行为能力的成年人")
    NONE = "none", _("无民事行为能力的成年人")


class ObjectionAnswer(models.TextChoices):
    CORRECTED = "corrected", _("已更正")
    STOPPED = "stopped", _("已停止这一用途")
    EXPLAINED = "explained", _("依法继续使用，已说明理由")
    GIVEN = "given", _("已交给本人")
    WITHDRAWN = "withdrawn", _("本人撤回")


class DisposalState(models.TextChoices):
    ASKED = "asked", _("待第二人审核")
    DONE = "done", _("已销毁")
    REFUSED = "refused", _("未同意")
