"""A commissioner's morning for Locust; runs in .venv-rush and knows nothing of yice. See bench.load.morning.

Signs in, looks at the home page, opens the day's list, opens a line and records it, walks on.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import time
from pathlib import Path

from locust import FastHttpUser, between, task

ASKED = json.loads(Path(os.environ["RUSH_USERS"]).read_text("utf-8"))
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


class Commissioner(FastHttpUser):
    """Each takes an account of their own; between two pages as long as somebody who walks and listens."""

    wait_time = between(*ASKED["pause"])
    network_timeout = connection_timeout = 120

    def on_start(self) -> None:
        self.me = ASKED["users"].pop()
        self.lines, self.times = list(self.me["lines"]), itertools.count(1)
        text = self.client.get("/sign-in/", name="sign-in, opened").text or ""
        said = {**dict(HIDDEN.findall(text)), "username": self.me["name"], "password": ASKED["password"]}
        with self.client.post(
            "/sign-in/", said, name="sign-in, sent", allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"not signed in: {answer.status_code}")
        self.client.get("/", name="home")
        self.client.get(f"/visits/{self.me['list']}/", name="visit list")

    @task(3)
    def record(self) -> None:
        line = random.choice(self.lines)  # noqa: S311 - no secret
        address = f"/visits/{self.me['list']}/{line}/"
        text = self.client.get(address, name="visit, opened").text or ""
        self.wait()
        if not text:  # has failed, and is counted
            return
        # Never what somebody said before, which would be kept as it stands and not recorded again.
        note = f"第 {next(self.times)} 次 {time.time_ns()}"
        said = {**dict(HIDDEN.findall(text)), "result": "met", "note": note, "next": ""}
        with self.client.post(
            address, said, name="visit, sent", allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"not recorded: {answer.status_code}")

    @task(1)
    def home(self) -> None:
        self.client.get("/", name="home")

    @task(1)
    def day(self) -> None:
        self.client.get(f"/visits/{self.me['list']}/", name="visit list")
