"""What `deploy/` says is what there is: commands, settings, addresses and figures."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from yice.config.cli import _Commands
from yice.config.variables import variables

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
TEXTS = {path.name: path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.is_file()}


def test_units_and_images_call_commands_that_there_are() -> None:
    known = set(_Commands().list_commands(None))
    called = set(re.findall(r"\.venv/bin/yice (\w+)", "\n".join(TEXTS.values())))
    composed = yaml.safe_load(TEXTS["compose.yaml"])["services"]
    called |= {one["command"][0] for one in composed.values() if "command" in one}
    assert called == {"serve", "work", "daily", "backup"} and called <= known


def test_the_settings_of_the_example_are_settings() -> None:
    given = dict(re.findall(r"^#? ?(YICE_\w+)=(.*)$", TEXTS["yice.env"], re.M))
    spelt = {one.name: one.spelt for one in variables()}
    assert given and all(spelt[name].fits(value) for name, value in given.items())


def test_every_unit_is_shut_in_and_every_timer_has_its_unit() -> None:
    for name, text in TEXTS.items():
        if name.endswith(".service"):
            assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"} <= set(text.splitlines()), (
                name
            )
        if name.endswith(".timer"):
            assert name.replace(".timer", ".service") in TEXTS


def test_units_are_understood_and_shut_in_by_what_judges_them() -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd is not installed")
    for unit in sorted((DEPLOY / "systemd").iterdir()):
        said = subprocess.run([tool, "verify", str(unit)], capture_output=True, text=True, check=False).stderr
        assert [line for line in said.splitlines() if "not executable" not in line] == []
        if unit.suffix == ".service":
            words = [tool, "security", "--offline=true", "--threshold=13", str(unit)]  # tenths
            assert subprocess.run(words, capture_output=True, check=False).returncode == 0, unit.name


def test_the_proxy_hides_the_figures_and_says_who_comes_and_how() -> None:
    assert "location = /metrics { return 404; }" in TEXTS["nginx.conf"]
    for header in ("X-Forwarded-Proto", "X-Forwarded-For", "X-Request-ID", "Host"):
        assert f"proxy_set_header {header} " in TEXTS["nginx.conf"]


def test_alerts_wake_somebody_on_a_bad_day_and_nobody_on_a_quiet_one() -> None:
    """By Prometheus' own tool where the machine has it; the file itself in any case."""
    rules = [one for group in yaml.safe_load(TEXTS["yice.rules.yaml"])["groups"] for one in group["rules"]]
    assert all({"alert", "expr", "labels", "annotations"} <= one.keys() for one in rules)
    tried = set(re.findall(r'alertname(?:: |=")(\w+)', TEXTS["yice.rules.test.yaml"]))
    assert tried <= {one["alert"] for one in rules} and len(tried) >= 10
    if tool := shutil.which("promtool"):
        words = [tool, "test", "rules", str(DEPLOY / "prometheus/yice.rules.test.yaml")]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
