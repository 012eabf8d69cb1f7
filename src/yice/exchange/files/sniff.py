"""What a file is, by its first bytes: names lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from yice.exchange.files.limits import Limits
from yice.exchange.files.problems import damaged, not_a_table, too_large
from yice.terms.errors import Problem
from yice.terms.messages import Message

Format = Literal["xlsx", "xls", "csv", "parquet"]
_SAVE_AS = Message("请用 Excel 或 WPS 打开它，另存为 .xlsx 后再试。")
_HTML = re.compile(rb"^\s*(<!doctype html|<html|<head|<table|<meta|<body|<div)", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def sniff(path: Path, limits: Limits) -> Format:
    """The format, or a Problem that says what the file is and what to do."""
    if path.is_dir():
        raise Problem(
            "file-is-folder", Message("这是一个文件夹，不是表格文件。"), fix=Message("请给出里面的表格文件。")
        )
    if not path.exists():
        raise Problem(
            "file-missing",
            Message("找不到文件 {name}。", name=path.name),
            fix=Message("请检查路径和文件名。"),
        )
    size = path.stat().st_size
    if size == 0:
        raise Problem(
            "file-empty", Message("文件是空的（0 字节）。"), fix=Message("请重新导出或请对方重发。")
        )
    if size > limits.file_bytes:
        raise too_large(size, limits.file_bytes)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            if head.startswith(_OLE):
                return _ole(head + file.read())
    except OSError as error:
        raise Problem(
            "file-unreadable",
            Message("无法读取文件 {name}。", name=path.name),
            why=Message("没有读取权限，或文件正被别的程序占用。"),
            fix=Message("请关闭打开它的程序，再检查权限。"),
        ) from error
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(b"PAR1"):
        return "parquet"
    _refuse_known(head)
    return "csv"


def _ole(content: bytes) -> Format:
    """Excel's old container also holds Word files and encrypted workbooks."""
    if _utf16("EncryptedPackage") in content:
        raise Problem(
            "file-password",
            Message("这个表格设了打开密码。"),
            why=Message("有密码的文件无法读取，密码也不应写进任何系统。"),
            fix=Message("请用 Excel 打开，取消密码后另存为 .xlsx。"),
        )
    if _utf16("WordDocument") in content:
        raise not_a_table(
            Message("这是 Word 文档，不是表格。"),
            Message("请把其中的表格复制到 Excel，存为 .xlsx。"),
        )
    if _utf16("PowerPoint Document") in content:
        raise not_a_table(Message("这是演示文稿，不是表格。"), Message("请提供 .xlsx 或 .csv 名单。"))
    if _utf16("Workbook") in content or _utf16("Book") in content:
        return "xls"
    raise damaged()


def _refuse_known(head: bytes) -> None:
    text = head.lstrip(b"\xef\xbb\xbf")
    if text.startswith(b"%PDF"):
        raise not_a_table(
            Message("这是 PDF，不是表格。"),
            Message("请向对方要 Excel 原件；扫描件需要先录入成表格。"),
        )
    if _HTML.match(text):
        raise not_a_table(Message("这是网页内容，只是改名成了表格文件。"), _SAVE_AS, "file-html")
    if text.lstrip().startswith(b"<?xml"):
        raise not_a_table(Message("这是 XML 文件，不是 .xlsx 表格。"), _SAVE_AS)
    if text[:13].upper() == b"MIME-VERSION:":
        raise not_a_table(Message("这是“单个文件网页”，不是 .xlsx 表格。"), _SAVE_AS)
    if text.startswith(b"{\\rtf"):
        raise not_a_table(
            Message("这是 RTF 文档，不是表格。"), Message("请把其中的表格复制到 Excel，存为 .xlsx。")
        )
    if text.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise not_a_table(
            Message("这是压缩包。"), Message("请先解压，再给出里面的表格文件。"), "file-archive"
        )
    if text.startswith(_PICTURES):
        raise not_a_table(Message("这是图片，不是表格。"), Message("请向对方要 Excel 原件，或录入成表格。"))
    if text.startswith((b"\x7fELF", b"MZ")):
        raise not_a_table(Message("这是程序文件，不是表格。"), Message("请不要打开它，并确认来源。"))
