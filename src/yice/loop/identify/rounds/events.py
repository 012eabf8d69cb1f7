"""What the audit says of yearly rounds."""

from yice.audit.sentences import register

register(
    {
        "round.opened": "开启了“{round}”，{size} 人",
        "round.kept": "在“{round}”中登记了一部分",
        "round.filled": "登记了“{round}”",
        "round.decided": "在“{round}”中选定了两人登记不一致的一项",
        "round.returned": "退回“{round}”补正",
        "round.checked": "审核通过“{round}” {size} 份",
        "round.locked": "锁定了“{round}” {size} 份",
        "round.reopened": "重新打开了“{round}” {size} 份，原因：{why_open}",
        "round.received": "导入了“{round}”的国家系统文件：{changed} 项有变化，{disputed} 项不一致",
    }
)
