"""Sentences for what happens to accounts."""

from yice.audit.sentences import register

register(
    {
        "account.created": "建立了账号 {username}",
        "account.post_given": "安排 {username} 在{area}任职",
        "account.post_ended": "结束了 {username} 的岗位",
        "account.signed_in": "登录",
        "account.signed_out": "退出登录",
        "account.sign_in_failed": "登录未成功",
    }
)
