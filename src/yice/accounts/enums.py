"""Roles, lines of work and the actions that the access policy speaks of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VILLAGE_COMMISSIONER = "village_commissioner", _("村（社区）专职委员")
    TOWNSHIP_CLERK = "township_clerk", _("乡镇（街道）经办员")
    COUNTY_FEDERATION = "county_federation", _("县（区）残联业务员")
    COUNTY_CIVIL_AFFAIRS = "county_civil_affairs", _("县（区）民政经办员")
    PROVINCIAL_VIEWER = "provincial_viewer", _("省级查看员")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("系统管理员")


class Line(models.TextChoices):
    """Lines of work: what a finding is about decides who may see and handle it."""

    ENTITLEMENT = "entitlement", _("应享未享与待核实")  # gaps and asks: help the person
    PAYMENT = "payment", _("多发、少发与疑似应退")  # leaks, amounts, duplicates: the deciding department


class Basis(models.TextChoices):
    """Which place of a person an area is compared with."""

    HUKOU = "hukou", _("户籍地")
    RESIDENCE = "residence", _("居住地")
    EITHER = "either", _("户籍地或居住地")


class Action(models.TextChoices):
    """Everything an employee may do. A page, export, job or drop-down names one of these, or it is not served."""

    PERSON_READ = "person.read", _("查看人员")
    PERSON_UNMASK = "person.unmask", _("查看完整证件号或电话")
    PERSON_CORRECT = "person.correct", _("更正事实")
    FINDING_READ = "finding.read", _("查看核查线索")
    FINDING_HANDLE = "finding.handle", _("处理核查线索")
    ASK_ANSWER = "ask.answer", _("登记询问结果")
    VISIT_PLAN = "visit.plan", _("安排走访")
    IMPORT_READ = "import.read", _("查看导入")
    IMPORT_REGISTRY = "import.registry", _("导入残疾人登记册")
    IMPORT_LIST = "import.list", _("导入部门名单")
    SCREENING_RUN = "screening.run", _("运行筛查")
    EXPORT = "export", _("导出名单")
    REPORT_READ = "report.read", _("查看汇总")
    REPORT_FREEZE = "report.freeze", _("固定报告")
    REPORT_NAMES = "report.names", _("查看汇总背后的名单")
    POLICY_READ = "policy.read", _("查看政策包")
    AUDIT_READ = "audit.read", _("查看操作记录")
    ACCOUNT_MANAGE = "account.manage", _("管理账号")
