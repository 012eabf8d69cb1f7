"""Which installation is looked at: the one the environment names, else the site in `var`, else a demo begun there."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from yice.config.demo_folder import DAY, filled_with
from yice.config.doctor.finding import Finding, ok
from yice.config.environment import PROJECT, var_dir
from yice.terms.messages import Message

NAMED = ("YICE_VAR", "YICE_DATABASE")


def choose() -> Finding:
    """Settle the environment on one installation and say which. A demo is judged as `yice demo` runs it."""
    usual = PROJECT / "var"
    others = []
    if not any(os.environ.get(name) for name in NAMED) and not _is_site(usual):
        others = sorted(filter(_is_site, usual.glob("demo*")), key=_last_used, reverse=True)
        if others:
            os.environ["YICE_VAR"] = str(others[0])
    folder = var_dir()
    if filled_with(folder) is None:
        return ok("site", Message("看的是 {folder} 的站点", folder=folder))
    os.environ.setdefault("YICE_DEMO", "1")
    os.environ.setdefault("YICE_TODAY", DAY)
    if others:
        return ok("site", Message("还没有建立站点，看的是 {folder} 的演示", folder=folder))
    return ok("site", Message("看的是 {folder} 的演示", folder=folder))


def _is_site(folder: Path) -> bool:
    """Whether a site was set up here; looking makes nothing."""
    path = folder / "yice.sqlite3"
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as held:
            return bool(held.execute("SELECT count(*) FROM accounts_installation").fetchone()[0])
    except sqlite3.Error:
        return (folder / "keys").is_dir() and path.stat().st_size > 4096  # there, and perhaps damaged


def _last_used(folder: Path) -> float:
    return (folder / "yice.sqlite3").stat().st_mtime
