"""Tables of identification: people, where facts came from, lists of others, findings and questions."""

from yice.loop.identify.models.facts import Batch, Change, Facts
from yice.loop.identify.models.findings import Answer, Ask, Finding, Outcome
from yice.loop.identify.models.lists import EntryVersion, ListEntry, ListLink, ListReceipt
from yice.loop.identify.models.needs import Need, NeedStep, NeedVoice, Serial, Tie
from yice.loop.identify.models.pairs import Duplicate, Pair
from yice.loop.identify.models.people import (
    Certificate,
    CorrectionRequest,
    ExternalId,
    Guardian,
    Household,
    HouseholdMember,
    NameFolding,
    Person,
)
from yice.loop.identify.models.rights import Consent, Disposal, Objection
from yice.loop.identify.models.rounds import (
    Reply,
    ReplyChange,
    ReplyDispute,
    ReplyPhoto,
    Round,
    RoundShare,
)
from yice.loop.identify.models.visits import Visit, VisitConflict, VisitImage, VisitList, VisitRecord

__all__ = [
    "Answer",
    "Ask",
    "Batch",
    "Certificate",
    "Change",
    "Consent",
    "CorrectionRequest",
    "Disposal",
    "Duplicate",
    "EntryVersion",
    "ExternalId",
    "Facts",
    "Finding",
    "Guardian",
    "Household",
    "HouseholdMember",
    "ListEntry",
    "ListLink",
    "ListReceipt",
    "NameFolding",
    "Need",
    "NeedStep",
    "NeedVoice",
    "Objection",
    "Outcome",
    "Pair",
    "Person",
    "Reply",
    "ReplyChange",
    "ReplyDispute",
    "ReplyPhoto",
    "Round",
    "RoundShare",
    "Serial",
    "Tie",
    "Visit",
    "VisitConflict",
    "VisitImage",
    "VisitList",
    "VisitRecord",
]
