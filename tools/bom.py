"""What a release is made of, as CycloneDX: `python -m tools.bom OUT.json` (`make bom` gives it its environment).

The packages of the run-time lock by `cyclonedx-bom`, with their hashes, and the npm packages that the browser's files
and the list of divisions come from, out of `package-lock.json`.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / ".venv-release/bin/cyclonedx-py"


def of_python() -> dict[str, Any]:
    """The bill of the run-time lock, with this project as what it is about."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bom.json"
        lock, project = str(ROOT / "requirements/runtime.txt"), str(ROOT / "pyproject.toml")
        words = [str(TOOL), "requirements", lock, "--pyproject", project, "--of", "JSON", "--validate"]
        subprocess.run([*words, "-o", str(out)], check=True, stderr=subprocess.DEVNULL)
        bill: dict[str, Any] = json.loads(out.read_text("utf-8"))
    for one in bill["components"]:
        one.pop("description", None)  # the line of the lock
        for place in one.get("externalReferences", ()):
            place["url"] = "urn:package-index"  # wherever a site takes it from: the hashes bind it
    return bill


def of_npm() -> list[dict[str, Any]]:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    found = []
    for path, about in sorted(lock["packages"].items()):
        name = path.rpartition("node_modules/")[2]
        if not name or about.get("dev") or about.get("optional"):
            continue
        algorithm, _, digest = about["integrity"].partition("-")
        purl = f"pkg:npm/{quote(name)}@{about['version']}"
        found.append(
            {
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": about["version"],
                "purl": purl,
                "hashes": [
                    {
                        "alg": algorithm.upper().replace("SHA", "SHA-"),
                        "content": base64.b64decode(digest).hex(),
                    }
                ],
                "licenses": [{"license": {"name": about["license"]}}] if "license" in about else [],
            }
        )
    return found


def main() -> int:
    bill = of_python()
    bill["components"] += of_npm()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    bill["metadata"]["component"]["version"] = project["version"]
    Path(sys.argv[1]).write_text(json.dumps(bill, ensure_ascii=False, indent=1), "utf-8")
    print(f"{len(bill['components'])} packages, CycloneDX {bill['specVersion']}: {sys.argv[1]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
