"""What the record says about jobs."""

from yice.audit.sentences import register

register({"job.asked": "发起了后台任务：{kind}", "job.cancelled": "取消了后台任务：{kind}"})
