"""What may be done about assessments."""

from yice.loop.assess.services.certifying import certify_assessor, end_certificate
from yice.loop.assess.services.determining import determine
from yice.loop.assess.services.recording import dispute_assessment, expire_assessments, record_assessment

__all__ = [
    "certify_assessor",
    "determine",
    "dispute_assessment",
    "end_certificate",
    "expire_assessments",
    "record_assessment",
]
