"""Sentences for what happens to accounts."""

from django.utils.translation import gettext_lazy as _

from yice.accounts.enums import Proof, Role
from yice.audit.sentences import name_values, register

register(
    {
        "account.created": "建立了账号 {username}",
        "account.post_given": "安排 {username} 在{area}任{role}",
        "account.post_ended": "结束了 {username} 的岗位：{role}",
        "account.password_set": "给 {username} 设了新密码",
        "account.invited": "给 {username} 发了邀请码",
        "account.invitation_taken": "用邀请码设了自己的密码",
        "account.factor_added": "加了二次验证：{proof}",
        "account.factor_removed": "移除了二次验证：{proof}",
        "account.factors_forgotten": "重置了 {username} 的二次验证，原因：{reason}",
        "account.recovery_renewed": "换了新的恢复码",
        "account.recovery_used": "用掉了一个恢复码",
        "account.codes_rest": "动态码连续输错，验证器暂停十五分钟",
        "account.proved": "再次确认了身份",
        "account.signed_out_elsewhere": "退出了其他 {count} 处登录",
        "account.identity_linked": "绑定了单位统一身份认证",
        "account.identity_unlinked": "解除了单位统一身份认证的绑定",
        "account.token_made": "给系统“{system}”办了接口令牌，用到{until}",
        "account.token_revoked": "收回了系统“{system}”的接口令牌",
        "account.token_used": "系统“{system}”用接口令牌开始办事",
        "account.password_changed": "换了自己的密码",
        "account.closed": "停用了账号 {username}，原因：{reason}",
        "account.reopened": "重新启用了账号 {username}",
        "glass.broken": "紧急查看了一名不在自己范围内的人员，已通知上级复核",
        "glass.nobody": "紧急查看时输入的证件号没有登记",
        "glass.looked": "在紧急查看期间打开了这个人的资料",
        "glass.justified": "复核了{who}的紧急查看：有必要。{note}",
        "glass.not_justified": "复核了{who}的紧急查看：没有必要。{note}",
        "account.signed_in": "登录了系统",
        "account.refused": "想打开不归自己的页面（{page}），被拒绝",
        "account.signed_out_by_office": "单位统一身份认证通知退出，结束了 {count} 处登录",
        "account.signed_out": "退出了系统",
        "account.sign_in_failed": "没有通过：{check}（来处 {from}）",
        "account.sign_in_ended": "退出了一处登录：{device}",
        "account.new_browser": "在没有用过的浏览器上登录：{device}",
        "account.code_again": "用过的动态码又被输入了一次，已拒绝",
    }
)
name_values(
    "check",
    {
        "password": _("密码"),
        "code": _("动态码或恢复码"),
        "passkey": _("通行密钥"),
        "openid": _("单位统一身份认证"),
        "invitation": _("邀请码"),
    },
)
name_values("proof", {proof.value: proof.label for proof in Proof})
name_values("role", {role.value: role.label for role in Role})
