"""The words of assessment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssessmentState(models.TextChoices):
    VALID = "valid", _("有效")
    REPLACED = "replaced", _("已被新的评估替代")
    DISPUTED = "disputed", _("有异议，待最终意见")
    EXPIRED = "expired", _("已过期")
