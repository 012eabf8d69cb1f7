"""Sentences for what happens to accounts."""

from yice.accounts.enums import Role
from yice.audit.sentences import name_values, register

register(
    {
        "account.created": "建立了账号 {username}",
        "account.post_given": "安排 {username} 在{area}任{role}",
        "account.post_ended": "结束了 {username} 的岗位：{role}",
        "account.password_set": "给 {username} 设了新密码",
        "account.password_changed": "换了自己的密码",
        "account.closed": "停用了账号 {username}，原因：{reason}",
        "account.reopened": "重新启用了账号 {username}",
        "account.signed_in": "登录了系统",
        "account.signed_out": "退出了系统",
        "account.sign_in_failed": "登录未成功",
    }
)
name_values("role", {role.value: role.label for role in Role})
