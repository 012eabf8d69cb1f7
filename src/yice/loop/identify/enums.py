"""The words of identification: sources, kinds of finding, outcomes and why somebody was left out."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    MALE = "male", _("男")
    FEMALE = "female", _("女")


class BatchKind(models.TextChoices):
    REGISTRY = "registry", _("残疾人登记册")
    HOUSEHOLDS = "households", _("家庭与成员")
    LIST = "list", _("部门名单")
    ANSWER = "answer", _("上门或电话询问")
    CORRECTION = "correction", _("更正")


class BatchState(models.TextChoices):
    READING = "reading", _("正在读取")
    UNREADABLE = "unreadable", _("无法读取")
    STAGED = "staged", _("待确认")
    PAUSED = "paused", _("有情况要先核对")
    COMMITTED = "committed", _("已入库")
    DISCARDED = "discarded", _("已放弃")


class FindingKind(models.TextChoices):
    GAP = "gap", _("疑似应享未享")
    LEAK = "leak", _("疑似应退未退")
    AMOUNT = "amount", _("疑似金额不符")
    DUPLICATE = "duplicate", _("疑似重复领取")
    ASK = "ask", _("待核实")


class FindingState(models.TextChoices):
    OPEN = "open", _("待办")
    STARTED = "started", _("办理中")
    PROVISIONAL = "provisional", _("已办，待名单确认")
    CLOSED = "closed", _("已结")


class OutcomeCode(models.TextChoices):
    # gaps
    HELP_TO_APPLY = "help_to_apply", _("协助申请")
    INCLUDED = "included", _("已纳入（待下期名单确认）")
    NOT_ELIGIBLE = "not_eligible", _("核实不符合条件")
    DECLINED = "declined", _("本人不愿申请")
    REFER = "refer", _("转介其他部门")
    # leaks, amounts, duplicates
    TOLD_AND_HEARD = "told_and_heard", _("已告知本人并听取意见")
    STOPPED = "stopped", _("自某月起停发")
    KEPT = "kept", _("继续发放，名单有误")
    ALREADY_STOPPED = "already_stopped", _("此前已停发")
    CORRECTED_AMOUNT = "corrected_amount", _("已更正金额")
    RECOVER = "recover", _("追回")
    WAIVED = "waived", _("免于追回")
    RECOVERY_REFERRED = "recovery_referred", _("移交追缴")


class LeftOutReason(models.TextChoices):
    DID_NOT_KNOW = "did_not_know", _("不知道政策")
    PAPERS_MISSING = "papers_missing", _("材料不齐")
    LIVES_ELSEWHERE = "lives_elsewhere", _("人户分离")
    UNWILLING = "unwilling", _("本人不愿意")
    DATA_ERROR = "data_error", _("数据有误")
    REFUSED_BEFORE = "refused_before", _("曾申请未获批准")
    NEWLY_ENTITLED = "newly_entitled", _("近期才符合条件")
    NOBODY_TO_APPLY = "nobody_to_apply", _("无人代办")
    OTHER = "other", _("其他")


class ClosedBy(models.TextChoices):
    PERSON = "person", _("经办人办结")
    LIST = "list", _("名单已确认")
    CAUSE_GONE = "cause_gone", _("线索原因已消失")


class AnswerKind(models.TextChoices):
    VALUE = "value", _("已回答")
    DOES_NOT_KNOW = "does_not_know", _("不清楚")
    REFUSES = "refuses", _("不愿回答")


class ContactReason(models.TextChoices):
    """Why somebody needs a telephone number and an address in full."""

    VISIT = "visit", _("今日走访")
    CALL = "call", _("电话联系")
    PAPERS = "papers", _("送取材料")
    URGENT = "urgent", _("紧急情况")


class VisitResult(models.TextChoices):
    """What came of going there."""

    UNCHANGED = "unchanged", _("见到了，情况没有变化")
    MET = "met", _("见到本人或家属")
    NOT_HOME = "not_home", _("不在家")
    MOVED = "moved", _("已搬走")
    PHONE = "phone", _("电话联系")


class LinkState(models.TextChoices):
    SAME = "same", _("同一人")
    POSSIBLE = "possible", _("可能是同一人")
    REFUSED = "refused", _("不是同一人")


class PairState(models.TextChoices):
    """What is known of a row of a list and a person; `second`: one has said "the same", another must too."""

    PROPOSED = "proposed", _("待核对")
    SECOND = "second", _("待第二人复核")
    SAME = "same", _("同一人")
    DIFFERENT = "different", _("不是同一人")
    CANNOT_TELL = "cannot_tell", _("无法判断")
    UNDONE = "undone", _("已撤销")


class EntrySource(models.TextChoices):
    """Where a version of a list's row comes from."""

    SENT = "sent", _("来表单位报送")
    OWNER_ANSWER = "owner_answer", _("来表单位答复")


class Channel(models.TextChoices):
    """How a need or an application came."""

    SURVEY = "survey", _("入户调查")
    WINDOW = "window", _("服务窗口")
    HOTLINE_12385 = "12385", _("12385 热线")
    RELIEF_HOTLINE = "relief_hotline", _("社会救助热线")
    ONLINE = "online", _("网上")
    DEPARTMENT = "department", _("其他部门转来")
    FINDING = "finding", _("数据比对发现")
    VISIT = "visit", _("走访")
    REPORT = "report", _("机构或邻里报告")


class NeedState(models.TextChoices):
    OPEN = "open", _("待答复")
    IN_HAND = "in_hand", _("办理中")
    CLOSED = "closed", _("已办结")


class NeedOutcome(models.TextChoices):
    MET = "met", _("已解决")
    PARTLY = "partly", _("部分解决")
    SERVICE_OPENED = "service_opened", _("已进入办理")
    NOT_ENTITLED = "not_entitled", _("不符合条件，已说明")
    NO_MEANS = "no_means", _("目前没有条件解决，已说明")
    REFERRED = "referred", _("已转其他渠道并有回音")
    WITHDRAWN = "withdrawn", _("本人撤回")
    LEFT = "left", _("已迁出或去世")


class AnsweredBy(models.TextChoices):
    """How the answer reached the person."""

    FACE = "face", _("当面")
    PHONE = "phone", _("电话")
    LETTER = "letter", _("书面")
    ONLINE = "online", _("网上")
    GUARDIAN = "guardian", _("告知监护人")


class TieKind(models.TextChoices):
    SELF = "self", _("本人")
    SPOUSE = "spouse", _("配偶")
    PARENT_CHILD = "parent_child", _("父母、子女")
    SIBLING = "sibling", _("兄弟姐妹")
    OTHER_KIN = "other_kin", _("其他近亲属")
    NONE = "none", _("只是同名，没有亲属关系")
