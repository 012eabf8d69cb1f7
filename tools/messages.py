"""Keep the English catalogue: `python -m tools.messages extract | merge FILE… | compile | check`.

The source text is Chinese and stands in the code: in templates, in `_("…")`, in `Message("…")`. No gettext
program is needed.
  extract   bring src/yice/locale/en/LC_MESSAGES/django.po up to the code: new texts empty, gone ones dropped
  merge     take translations from other .po files; a text they share keeps the later one
  compile   make the .mo that the site and the commands read
  check     fail on a text without English, or whose placeholders differ
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/yice"
PO = SOURCE / "locale/en/LC_MESSAGES/django.po"

# Name of the call → which arguments are texts.
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "Message", "text", "say"), (1,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "_n"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    "progress": (
        3,
    ),  # the stages of long work: `work.progress(done, total, "…")`, and how their steps are told
    **dict.fromkeys(("tell", "stages"), (1,)),
}
PLACEHOLDER = re.compile(r"%\{\w+\}|%\(\w+\)[sd]|\{\w*(?:[.\[][^{}]*)?(?:![rsa])?(?::[^{}]*)?\}")
HAN = re.compile(r"[\u3400-\u9fff]")
Id = str | tuple[str, ...]


def texts_of(path: Path) -> Iterator[tuple[Id, str | None]]:
    """The texts of one file, each with its context when it has one."""
    source = path.read_text("utf-8")
    if path.suffix == ".html":
        # The calls matter, not how the page is indented: Python's tokenizer would stumble over that.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    stream, keywords = io.BytesIO(source.encode()), dict.fromkeys(KEYWORDS)
    for _line, name, found, _comments in extract_python(stream, keywords, [], {"encoding": "utf-8"}):
        texts = found if isinstance(found, tuple | list) else (found,)
        context, wanted = None, []
        for spec in KEYWORDS[str(name)]:
            at = spec[0] if isinstance(spec, tuple) else spec
            if len(texts) < at or not texts[at - 1]:
                break
            if isinstance(spec, tuple):
                context = texts[at - 1]
            else:
                wanted.append(texts[at - 1])
        else:
            yield (wanted[0] if len(wanted) == 1 else tuple(wanted)), context


def sentences_of(path: Path) -> Iterator[str]:
    """The audit's sentences: what an `events` module hands to `register({code: sentence})`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "register" and node.args:
            for value in getattr(node.args[0], "values", ()):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def tables_of(path: Path) -> Iterator[str]:
    """The Chinese texts of the tables that are marked with `texts({…})`, keys and all."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "texts":
            for one in ast.walk(node):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and HAN.search(one.value):
                    yield one.value


def read_sources(root: Path = SOURCE) -> Catalog:
    """Every text in the code, with the files it stands in."""
    catalog = Catalog(charset="utf-8")
    for path in sorted([*root.rglob("*.py"), *root.rglob("templates/**/*.html")]):
        for text, context in texts_of(path):
            catalog.add(text, locations=[(path.relative_to(root).as_posix(), 0)], context=context)
        found = [*sentences_of(path)] if path.name == "events.py" else []
        for sentence in [*found, *(tables_of(path) if path.suffix == ".py" else ())]:
            catalog.add(sentence, locations=[(path.relative_to(root).as_posix(), 0)])
    return catalog


def read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale="en", charset="utf-8", abort_invalid=True)


def english() -> Catalog:
    return read(PO) if PO.exists() else Catalog(locale="en", charset="utf-8")


def write(catalog: Catalog) -> None:
    """In the order of the texts, without line numbers or dates: a small change is a small difference."""
    tidy = Catalog(locale="en", charset="utf-8", fuzzy=False)
    tidy.header_comment = "# English texts of Yice. The source texts are Chinese and stand in the code."
    for message in sorted((m for m in catalog if m.id), key=lambda m: (str(m.id), m.context or "")):
        places = sorted({(name, 0) for name, _line in message.locations})
        tidy.add(message.id, message.string, locations=places, context=message.context)
    stream = io.BytesIO()
    write_po(stream, tidy, width=110, include_lineno=False, omit_header=True)
    header = (
        f"{tidy.header_comment}\n"
        'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text(header + stream.getvalue().decode("utf-8").strip() + "\n", "utf-8")


def fitting(id: Id | list[str], told: Any) -> Any:
    """A translation in the shape of its text: a text may come to have a plural, or lose it."""
    if isinstance(id, tuple | list):
        return told if isinstance(told, tuple | list) else (told, told)
    return told[0] if isinstance(told, tuple | list) else told


def extract() -> str:
    """Bring the catalogue up to the code; says how many texts still have no English."""
    known, sources = english(), read_sources()
    for message in sources:
        if message.id and (old := known.get(message.id, context=message.context)):
            message.string = fitting(message.id, old.string)
    write(sources)
    return f"{len(sources)} texts, {len(list(missing(sources, sources)))} without English"


def merge(files: Iterable[Path]) -> str:
    """Take translations over from fragments; the texts need not be in the code yet."""
    catalog, taken = english(), 0
    for path in files:
        for message in read(path):
            if message.id and any(strings(message.string)):
                catalog.delete(message.id, context=message.context)
                catalog.add(message.id, fitting(message.id, message.string), context=message.context)
                taken += 1
    write(catalog)
    return f"{taken} translations taken"


def compile_catalogue() -> str:
    if not PO.exists():
        return "no catalogue yet"
    with PO.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, read(PO))
    return ""


def strings(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value or "",)


def missing(sources: Catalog, catalog: Catalog) -> Iterator[str]:
    """What is wrong with the English: texts without any, placeholders that differ. Each as a line."""
    for message in sources:
        ids = strings(message.id)
        if not any(HAN.search(text) for text in ids):
            continue  # nothing Chinese to translate
        files = ", ".join(sorted({name for name, _line in message.locations}))
        found = catalog.get(message.id, context=message.context)
        translated = strings(found.string) if found else ()
        if not translated or not all(translated):
            yield f"no English: {ids[0]!r} ({files})"
            continue
        wanted = set(PLACEHOLDER.findall("".join(ids)))
        for text in translated:
            if set(PLACEHOLDER.findall(text)) != wanted and not (
                # "1 person": a singular may leave its number out.
                len(translated) > 1 and text == translated[0] and set(PLACEHOLDER.findall(text)) <= wanted
            ):
                yield f"placeholders differ: {ids[0]!r} → {text!r} ({files})"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            said = extract()
        case ["merge", *files] if files:
            said = merge(Path(name) for name in files)
        case ["compile"]:
            said = compile_catalogue()
        case ["check"]:
            faults = list(missing(read_sources(), english()))
            print("\n".join([*faults, f"{len(faults)} faults"] if faults else []), end="\n" if faults else "")
            return 1 if faults else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    if said:
        print(said)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
