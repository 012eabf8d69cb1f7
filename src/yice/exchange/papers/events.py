"""What the audit says of papers."""

from yice.audit.sentences import name_values, register
from yice.exchange.papers.services import NUMBERS
from yice.terms.messages import Message

register(
    {
        "paper.made": "打印了“{paper}”（{form}），证件号等{numbers}",
        "notice.printed": "打印了告知书 {notice}（{form}）",
        "register.made": "导出或打印了“{paper}”（{form}），{rows} 行，证件号等{numbers}",
    }
)
name_values("numbers", {said: Message(said) for said in NUMBERS.values()})
