"""What somebody sends: looked at for viruses at the door, and no more of it than one account may have waiting."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from yice import shelf
from yice.accounts.models import User
from yice.audit import services as audit
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch
from yice.shelf import room, scanner
from yice.terms.errors import Problem
from yice.terms.messages import Message


def require_clean(request: HttpRequest, actor: User) -> None:
    """Show every file of a form to the scanner; that one was infected stands in the record."""
    for _field, files in request.FILES.lists() if settings.YICE_SCANNER else ():
        for file in files:
            try:
                scanner.require_clean(file.chunks())
            except Problem as problem:
                if problem.code == "file-infected":
                    audit.record(actor=actor, code="upload.infected")
                raise
            file.seek(0)


def require_room(actor: User, size: int) -> None:
    """A Problem when with `size` bytes more an account would have too much that nobody decided about."""
    open_ = (BatchState.READING, BatchState.STAGED, BatchState.PAUSED)
    mine = Batch.objects.filter(recorded_by=actor, state__in=open_).exclude(file_path="")
    waiting = set(mine.values_list("file_path", flat=True))
    held = sum(one.size for one in shelf.names("uploads") if one.name in waiting) if waiting else 0
    fix = Message("请先把以前上传的名单入库或放弃，再传这一份。")
    room.require_room(held + size, len(waiting) + 1, field="file", fix=fix)
