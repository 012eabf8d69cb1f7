"""A pack as written, with the packs it extends laid under it: every element once, with its places."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from yice.rules.pack.entry import Entry, entries, read, single
from yice.rules.pack.folder import MAX_EXTENDS, TARGETS, Folder, Row, parents
from yice.rules.pack.schema import CasesSpec, PackSpec
from yice.rules.pack.yaml import problem_at
from yice.terms.errors import Problem
from yice.terms.messages import Message

# Kinds whose elements may be changed by a pack on top only where it says `amends: <pack>`.
_AMENDED = (
    "facts",
    "groups",
    "benefits",
    "lists",
    "slots",
    "services",
    "forms",
    "papers",
    "scales",
    "questionnaires",
)

# Of these a pack on top changes single parts: a step keeps what its change does not say.
_INSIDE = {"services": ("steps", "ends"), "forms": ("fields",), "questionnaires": ("items", "checks")}

_NAME, _ELEMENT = re.compile(r"[a-z][a-z0-9_]{0,59}"), re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
_IDS = {
    "facts": _NAME, "settings": _NAME, "lists": _NAME, "slots": _NAME, "benefits": _NAME,
    "services": _NAME, "forms": _NAME, "scales": _NAME, "papers": _NAME, "questionnaires": _NAME,
    "groups": _ELEMENT, "sources": _ELEMENT, "targets": _ELEMENT,
}  # fmt: skip
_TAKEN = ("as_of", "setting", "true", "false", "in", "person_id")  # words of the expressions and of the files


@dataclass
class TableRows:
    """A table's file: its columns, its rows, and the pack it is from."""

    name: str
    header: tuple[str, ...]
    rows: list[Row]
    file: str


@dataclass
class Written:
    """Everything read, and every problem met on the way. Elements of a pack on top win."""

    packs: list[tuple[PackSpec, Entry]] = field(
        default_factory=list
    )  # the lowest first, the pack itself last
    sources: dict[str, Entry] = field(default_factory=dict)
    facts: dict[str, Entry] = field(default_factory=dict)
    settings: dict[str, Entry] = field(default_factory=dict)
    lists: dict[str, Entry] = field(default_factory=dict)
    slots: dict[str, Entry] = field(default_factory=dict)
    groups: dict[str, Entry] = field(default_factory=dict)
    benefits: dict[str, Entry] = field(default_factory=dict)
    targets: dict[str, Entry] = field(default_factory=dict)
    services: dict[str, Entry] = field(default_factory=dict)
    forms: dict[str, Entry] = field(default_factory=dict)
    scales: dict[str, Entry] = field(default_factory=dict)
    questionnaires: dict[str, Entry] = field(default_factory=dict)
    papers: dict[str, Entry] = field(default_factory=dict)
    tables: dict[str, TableRows] = field(default_factory=dict)
    cases: list[tuple[str, str, CasesSpec, Entry]] = field(default_factory=list)  # pack, file, cases
    problems: list[Problem] = field(default_factory=list)
    hash: hashlib._Hash = field(default_factory=lambda: hashlib.sha256(b"yice-pack-1\0"))

    top: PackSpec | None = None  # None where its pack.yaml cannot be read


def read_pack(path: Path, library: Path | None = None) -> Written:
    """Read a pack's folder and those it extends. `library` is where to look besides the folders next to it."""
    written = Written()
    root = Path(path).resolve()
    _layer(written, root, "", library, (), set())
    return written


def front_page(path: Path) -> PackSpec | None:
    """What a pack says of itself in its `pack.yaml`, without reading the rest; None where that cannot be read."""
    return _pack(Folder(Path(path).resolve(), ""))[0]


def _layer(
    written: Written, root: Path, shown: str, library: Path | None, above: tuple[str, ...], done: set[str]
) -> None:
    folder = Folder(root, shown)
    pack, entry = _pack(folder)
    name = pack.id if pack else root.name
    for parent in _parents(folder, pack, entry, library, (*above, name)):
        if parent.name not in done:
            _layer(written, parent, f"../{parent.name}/", library, (*above, name), done)
    done.add(name)
    written.hash.update(f"pack {name}\0".encode())
    folder.digest(written.hash)
    if pack and entry:
        written.packs.append((pack, entry))
    written.top = pack  # the last layer laid is the pack itself
    for kind in ("sources", "facts", "settings", "lists", "slots", "scales"):
        _add(written, folder, kind, [f"{kind}.yaml"], name)
    _add(written, folder, "targets", [*TARGETS, *folder.names("targets")], name)
    for kind in ("groups", "benefits", "services", "forms", "papers", "questionnaires"):
        _add(written, folder, kind, folder.names(kind), name)
    for file in folder.names("tables"):
        if (table := folder.table(file)) is not None:
            stem = Path(file).stem
            written.tables[stem] = TableRows(stem, table[0], table[1], shown + file)
    for file in folder.names("cases"):
        document = folder.yaml(file)
        cases_entry = (
            single(document, name, folder.problems) if document and document.value is not None else None
        )
        cases = read(CasesSpec, cases_entry, folder.problems) if cases_entry else None
        if cases and cases_entry:
            written.cases.append((name, shown + file, cases, cases_entry))
    written.problems += folder.problems


def _pack(folder: Folder) -> tuple[PackSpec | None, Entry | None]:
    document = folder.yaml("pack.yaml")
    entry = single(document, folder.root.name, folder.problems) if document else None
    pack = read(PackSpec, entry, folder.problems) if entry else None
    if pack and entry and pack.id != folder.root.name:
        what = Message("编号 {id} 与文件夹名 {folder} 不同。", id=pack.id, folder=folder.root.name)
        folder.problems.append(problem_at(entry.place("id"), "pack-id", what, Message("请改成一样的。")))
    return pack, entry


def _parents(
    folder: Folder, pack: PackSpec | None, entry: Entry | None, library: Path | None, above: tuple[str, ...]
) -> list[Path]:
    if pack is None or entry is None:
        return []
    named = [(name, entry.place("extends", at)) for at, name in enumerate(pack.extends)]
    for name, place in named:
        if name in above or len(above) > MAX_EXTENDS:
            what = Message("继承成环或过深：{chain}。", chain=" → ".join((*above, name)))
            folder.problems.append(problem_at(place, "pack-extends", what))
            return []
    return parents(folder.root, folder, named, library)


def _add(written: Written, folder: Folder, kind: str, files: list[str], pack: str) -> None:
    """Lay the elements of these files over those of the packs below."""
    known: dict[str, Entry] = getattr(written, kind)
    for file in files:
        document = folder.yaml(file)
        if document is None:
            continue
        for entry in entries(document, pack, folder.problems):
            if not _IDS[kind].fullmatch(entry.id) or entry.id in _TAKEN:
                what = Message("{id} 不能作编号。", id=entry.id[:60])
                fix = Message("编号以字母开头，只用字母、数字、下划线（人群和文件还可用 . 和 -）。")
                folder.problems.append(problem_at(entry.place(), "pack-id", what, fix))
                continue
            below = known.get(entry.id)
            if below is None:
                known[entry.id] = entry
            elif below.pack == pack or not _may_amend(kind, entry, below):
                _refuse(folder, kind, entry, below, pack)
            else:
                known[entry.id] = below.amended(entry, inside=_INSIDE.get(kind, ()))
            if below is None and "amends" in entry.value:
                what = Message(
                    "没有可修改的 {id}：{pack} 里没有它。", id=entry.id, pack=str(entry.value["amends"])
                )
                folder.problems.append(problem_at(entry.place("amends"), "pack-amends", what))


def _may_amend(kind: str, entry: Entry, below: Entry) -> bool:
    return kind == "settings" or (kind in _AMENDED and entry.value.get("amends") == below.pack)


def _refuse(folder: Folder, kind: str, entry: Entry, below: Entry, pack: str) -> None:
    what = Message("{id} 已在 {place} 定义。", id=entry.id, place=str(below.place()))
    fix = None
    if below.pack != pack and kind in _AMENDED:
        fix = Message("要在其基础上修改，请写 amends: {pack}。", pack=below.pack)
    folder.problems.append(problem_at(entry.place(), "pack-defined-twice", what, fix))
