"""How much one account may have lying here: bytes (YICE_UPLOAD_TOTAL) and files."""

from __future__ import annotations

from django.conf import settings

from yice.terms.errors import Problem
from yice.terms.messages import Message

FILES = 200


def require_room(size: int, files: int, *, field: str, fix: Message) -> None:
    """A Problem when an account would hold `size` bytes in `files` files."""
    most = settings.YICE_UPLOAD_TOTAL
    if size <= most and files <= FILES:
        return
    raise Problem(
        "uploads-most",
        Message("您的账号上传的文件太多了，这一份没有收下。"),
        why=Message("一个账号最多 {most} MB、{files} 份。", most=most >> 20, files=FILES),
        fix=fix,
        field=field,
    )
