"""Take a file at a step: judged by its content, never by its name; sealed; the same one twice is one file."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

from django.db import transaction
from django.db.models import Count, Sum

from yice.accounts.access import Forbidden
from yice.accounts.models import User
from yice.audit.services import record as tell
from yice.identifiers import sealing
from yice.loop.deliver.models import Case, CaseFile, OpenStep
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.services.standing import as_whom, lock, refuse_conflict, require_step, service_of
from yice.loop.identify.services.visits_images import JPEG, picture
from yice.rules.services import Service
from yice.shelf.room import require_room
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

MEGA = 1024 * 1024
MOST = 10 * MEGA  # bytes of one file
FILES = 40  # of one case
DAY = dt.timedelta(days=1)  # over which what one account adds is counted
FIELD = "case_file"  # what sealed files are authenticated with
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ofd": "application/ofd",
    "jpg": "image/jpeg",
    "png": "image/png",
}
_KINDS = Message("只收 PDF、Word（.docx）、OFD 和 JPEG、PNG 图片。")
_MACROS = ("vbaproject.bin", "vbadata.xml")


def add_file(*, actor: User, case: Case, step: str, paper: str, data: bytes) -> CaseFile:
    """Keep a file that was shown for `paper` of a waiting step (empty: something else). Sent again, the same row.

    Whoever may take the step may add to it. It stays where the step itself is refused for something else.
    """
    field = f"file.{paper}"
    with transaction.atomic():
        row = lock(case)
        service = service_of(row)
        about = service.steps.get(step)
        waiting = OpenStep.objects.select_related("holder").filter(case=row, step=step).first()
        if about is None or waiting is None:
            raise Problem("no-step", Message("这一步现在不收材料。"), field=field)
        if paper and paper not in about.evidence:
            raise Problem("paper-unknown", Message("这一步不要这份材料。"), field=field)
        require_step(actor, row, step)
        refuse_conflict(actor, row, about, as_whom(actor, row, waiting))
        form, kept = read_file(data, field)
        (digest,) = sealing.row_digests([kept])
        same = CaseFile.objects.filter(case=row, step=step, paper=paper, digest=digest.hex()).first()
        if same is not None:
            return same
        if CaseFile.objects.filter(case=row).count() >= FILES:
            raise Problem("files-most", Message("一个办件最多收 {most} 份文件。", most=FILES), field=field)
        lately = CaseFile.objects.filter(added_by=actor, added_at__gt=clock.now() - DAY)
        held = lately.aggregate(bytes=Sum("size"), files=Count("pk"))
        fix = Message("请明天再传，或请同事来传。")
        require_room((held["bytes"] or 0) + len(kept), held["files"] + 1, field=field, fix=fix)
        made = CaseFile.objects.create(
            case=row, step=step, paper=paper, form=form, size=len(kept), digest=digest.hex(),
            sealed=sealing.seal_bytes(FIELD, kept), added_at=clock.now(), added_by=actor,
        )  # fmt: skip
        values = {
            "case": row.number, "service": service.title.zh, "step": about.title.zh,
            "paper": about.evidence[paper].says.zh if paper else "其他材料",
        }  # fmt: skip
        subject = row if row.restricted or row.person is None else row.person
        tell(actor=actor, code="case.file_added", subject=subject, area=row.area, values=values)
    return made


@transaction.atomic
def open_file(*, actor: User, file: CaseFile) -> bytes:
    """What is in it; that it was read stands in the record first. `file` comes from `selectors.case.file`."""
    row = file.case
    if not readable(actor).filter(pk=row.pk).exists():
        raise Forbidden(Message("没有这份文件，或不在您负责的范围内。"))
    subject = row if row.restricted or row.person is None else row.person
    values = {"case": row.number, "paper": paper_says(service_of(row), file)}
    tell(actor=actor, code="case.file_read", subject=subject, area=row.area, values=values)
    return sealing.open_bytes(FIELD, file.sealed)


def shown_as_file(case: Case, step: str) -> set[str]:
    """The papers of a step that a file was sent for."""
    return set(CaseFile.objects.filter(case=case, step=step).order_by().values_list("paper", flat=True))


def paper_says(service: Service, row: CaseFile) -> str:
    """Which paper the file is, in words."""
    about = service.steps.get(row.step)
    paper = about.evidence.get(row.paper) if about else None
    return str(paper.says) if paper else str(Message("其他材料"))


def read_file(data: bytes, field: str) -> tuple[str, bytes]:
    """Its kind and the bytes to keep; Problem where it is too large, damaged, locked, or of another kind."""
    if not data:
        raise Problem("file-empty", Message("文件是空的。"), field=field)
    if len(data) > MOST:
        size = f"{len(data) / MEGA:.1f}"
        what = Message("文件有 {size} MB，最多 {most} MB。", size=size, most=MOST // MEGA)
        fix = Message("请降低扫描的清晰度，或分成几份。")
        raise Problem("file-size", what, fix=fix, field=field)
    if data.startswith(b"%PDF-"):
        return "pdf", _pdf(data, field)
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, field), data
    if data.startswith((b"\xff\xd8", b"\x89PNG\r\n\x1a\n")):
        made = picture("paper", data, field, most=MOST)  # without what a camera writes beside
        return "jpg" if made.media == JPEG else "png", made.data
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        fix = Message("请用 Word 或 WPS 另存为 .docx，或导出 PDF。")
        raise Problem("file-kind", Message("不收旧格式的 .doc 文件。"), fix=fix, field=field)
    raise Problem("file-kind", _KINDS, fix=Message("请把材料扫描成 PDF 或照片再上传。"), field=field)


def _pdf(data: bytes, field: str) -> bytes:
    if b"%%EOF" not in data[-2048:]:
        raise Problem("file-damaged", Message("这个 PDF 不完整，打不开。"), field=field)
    if b"/Encrypt" in data:
        fix = Message("请取消密码后再上传。")
        raise Problem("file-password", Message("这个 PDF 设了密码。"), fix=fix, field=field)
    return data


def _packed(data: bytes, field: str) -> str:
    """Word and OFD are packed folders; only the list of what is in them is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {one.filename.casefold() for one in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise Problem("file-damaged", Message("文件不完整，打不开。"), field=field) from None
    if any(name.endswith(_MACROS) for name in names):
        fix = Message("请另存为不带宏的 .docx，或导出 PDF。")
        raise Problem("file-macros", Message("这个文件带有宏，不能收。"), fix=fix, field=field)
    if "word/document.xml" in names:
        return "docx"
    if "ofd.xml" in names:
        return "ofd"
    raise Problem("file-kind", _KINDS, field=field)
