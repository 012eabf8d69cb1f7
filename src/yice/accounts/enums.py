"""Roles, lines of work and the actions that the access policy speaks of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VILLAGE_COMMISSIONER = "village_commissioner", _("村（社区）专职委员")
    TOWNSHIP_CLERK = "township_clerk", _("乡镇（街道）经办员")
    COUNTY_FEDERATION = "county_federation", _("县（区）残联业务员")
    COUNTY_CIVIL_AFFAIRS = "county_civil_affairs", _("县（区）民政经办员")
    FEDERATION_ABOVE = "federation_above", _("市级、省级残联业务员")
    CIVIL_AFFAIRS_ABOVE = "civil_affairs_above", _("市级、省级民政业务员")
    FINANCE = "finance", _("财政经办员")
    EDUCATION = "education", _("教育经办员")
    HEALTH = "health", _("卫生健康经办员")
    HUMAN_RESOURCES = "human_resources", _("人力资源社会保障经办员")
    MEDICAL_INSURANCE = "medical_insurance", _("医疗保障经办员")
    HOUSING = "housing", _("住房建设经办员")
    RURAL_AFFAIRS = "rural_affairs", _("农业农村经办员")
    JUSTICE = "justice", _("司法行政经办员")
    COMMITTEE = "committee", _("残工委办公室人员")
    ARBITRATOR = "arbitrator", _("评估仲裁组成员")
    ASSESSOR = "assessor", _("评估人员")
    PROVIDER = "provider", _("服务机构人员")
    EVALUATOR = "evaluator", _("第三方评估人员")
    SCHOOL = "school", _("学校人员")
    CLINIC = "clinic", _("医疗康复机构人员")
    EMPLOYER = "employer", _("用人单位人员")
    VOLUNTEER = "volunteer", _("志愿者")
    PROVINCIAL_VIEWER = "provincial_viewer", _("省级查看员")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("系统管理员")
    SECURITY_ADMINISTRATOR = "security_administrator", _("安全管理员")
    AUDIT_ADMINISTRATOR = "audit_administrator", _("审计管理员")


class Line(models.TextChoices):
    """Lines of work: what a finding is about decides who may see and handle it."""

    ENTITLEMENT = "entitlement", _("应享未享与待核实")  # gaps and asks: help the person
    PAYMENT = "payment", _("多发、少发与疑似应退")  # leaks, amounts, duplicates: the deciding department


class Basis(models.TextChoices):
    """Which place of a person an area is compared with."""

    HUKOU = "hukou", _("户籍地")
    RESIDENCE = "residence", _("居住地")
    EITHER = "either", _("户籍地或居住地")


class Proof(models.TextChoices):
    """Second factors; recovery codes stand beside them."""

    TOTP = "totp", _("验证器动态码")
    PASSKEY = "passkey", _("通行密钥")


class Action(models.TextChoices):
    """Everything an employee may do. A page, export, job or drop-down names one of these, or it is not served."""

    PERSON_READ = "person.read", _("查看人员")
    PERSON_UNMASK = "person.unmask", _("查看完整证件号或电话")
    PERSON_CONTACT = "person.contact", _("查看待办人员的完整电话和住址")
    PERSON_CORRECT = "person.correct", _("更正事实")
    CONSENT_RECORD = "consent.record", _("登记同意、撤回和异议")
    GUARDIAN_RECORD = "guardian.record", _("登记监护人")
    RIGHTS_ANSWER = "rights.answer", _("答复对资料使用的异议")
    RECORD_COPY = "record.copy", _("给本人制作资料副本")
    RETENTION_MANAGE = "retention.manage", _("销毁到期的资料")
    FINDING_READ = "finding.read", _("查看核查线索")
    FINDING_HANDLE = "finding.handle", _("处理核查线索")
    ASK_ANSWER = "ask.answer", _("登记询问结果")
    VISIT_PLAN = "visit.plan", _("安排走访")
    ROUND_READ = "round.read", _("查看年度动态更新")
    ROUND_FILL = "round.fill", _("登记年度动态更新")
    ROUND_CHECK = "round.check", _("审核年度动态更新")
    ROUND_MANAGE = "round.manage", _("开启、锁定和对接年度动态更新")
    NEED_READ = "need.read", _("查看需求")
    NEED_HANDLE = "need.handle", _("登记和答复需求")
    ASSESSMENT_READ = "assessment.read", _("查看评估")
    ASSESSMENT_RECORD = "assessment.record", _("登记评估")
    ASSESSOR_MANAGE = "assessor.manage", _("管理评估人员资格")
    PROVIDER_MANAGE = "provider.manage", _("管理服务机构准入")
    PLAN_READ = "plan.read", _("查看帮扶方案")
    PLAN_WRITE = "plan.write", _("制定和修订帮扶方案")
    CASE_READ = "case.read", _("查看辖区内的办件")
    CASE_OPEN = "case.open", _("受理申请")
    CASE_STEP = "case.step", _("办理到自己岗位的步骤")
    CASE_ASSIGN = "case.assign", _("转交办件和安排代班")
    TIE_DECLARE = "tie.declare", _("登记工作人员与服务对象的亲属关系")
    IMPORT_READ = "import.read", _("查看导入")
    IMPORT_REGISTRY = "import.registry", _("导入残疾人登记册")
    IMPORT_LIST = "import.list", _("导入部门名单")
    LIST_READ = "list.read", _("查看名单约定")
    REVIEW_READ = "review.read", _("查看名单核对")
    REVIEW_DECIDE = "review.decide", _("核对名单上的人")
    SCREENING_RUN = "screening.run", _("运行筛查")
    EXPORT = "export", _("导出名单")
    REPORT_READ = "report.read", _("查看汇总")
    REPORT_FREEZE = "report.freeze", _("固定报告")
    REPORT_NAMES = "report.names", _("查看汇总背后的名单")
    POLICY_READ = "policy.read", _("查看政策包")
    POLICY_COMPARE = "policy.compare", _("比较政策的不同读法")
    POLICY_IN_FORCE = "policy.in_force", _("启用政策包")
    AUDIT_READ = "audit.read", _("查看操作记录")
    GLASS_BREAK = "glass.break", _("紧急查看")
    GLASS_REVIEW = "glass.review", _("复核紧急查看")
    AUDIT_OVERSEE = "audit.oversee", _("监督操作记录")
    ACCOUNT_MANAGE = "account.manage", _("管理账号")
    ACCOUNT_ENTITLE = "account.entitle", _("安排岗位")
