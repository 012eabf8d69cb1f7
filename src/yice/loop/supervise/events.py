"""What the audit says of reports."""

from yice.audit.sentences import register

register({"report.frozen": "固定了截至 {as_of} 的报告"})
