"""The words of cases: what happened in them, how money and help were given."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    OPEN = "open", _("办理中")
    ENDED = "ended", _("已办结")


class RecordKind(models.TextChoices):
    """What one entry of a case's record says."""

    OPENED = "opened", _("受理")
    TAKEN = "taken", _("办理了一步")
    RETURNED = "returned", _("退回补正")
    REFUSED = "refused", _("不予同意")
    HANDED = "handed", _("转交")
    CLIMBED = "climbed", _("逾期上报")
    WITHDRAWN = "withdrawn", _("本人撤回")
    REOPENED = "reopened", _("重新办理")
    CHANGED = "changed", _("情况变化")
    MOVED = "moved", _("迁移")


class Mode(models.TextChoices):
    """Cash to the person, or a service or thing bought for them."""

    CASH = "cash", _("现金发放")
    PURCHASE = "purchase", _("购买服务")
    GOODS = "goods", _("实物")
    VOUCHER = "voucher", _("服务券")


class PaymentKind(models.TextChoices):
    REGULAR = "regular", _("当期")
    ARREARS = "arrears", _("补发")
    RECOVERY = "recovery", _("追回")


class FundSource(models.TextChoices):
    CENTRAL = "central", _("中央资金")
    PROVINCE = "province", _("省级资金")
    PREFECTURE = "prefecture", _("市级资金")
    COUNTY = "county", _("县（区）资金")
    EMPLOYMENT_FUND = "employment_fund", _("残疾人就业保障金")
    LOTTERY = "lottery", _("福利彩票公益金")
    DONATION = "donation", _("社会捐助")
    SELF = "self", _("本人自付")
    OTHER = "other", _("其他")


class Proof(models.TextChoices):
    """How a paper was shown."""

    SEEN = "seen", _("已核对原件")
    COPY = "copy", _("已收复印件")
    FILE = "file", _("已上传")
    SHARED = "shared", _("部门数据已核对")
    PROMISED = "promised", _("本人书面承诺")
