"""How long a visit to an unchanged household takes on a telephone: taps, requests and seconds over a slow line.

`python -m bench.visit http://127.0.0.1:8000 chen PASSWORD` against a demo that runs: the
commissioner opens the day's list, then each line, and saves with the one tap. The line is that of a
village: 400 ms to the site and back, 400 kbit/s, and a processor four times slower than this one.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Page, sync_playwright

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
PHONE = {"width": 360, "height": 740}


@dataclass
class Visit:
    taps: int
    requests: int
    seconds: float


def measure(base: str, user: str, password: str, visits: int = 5) -> list[Visit]:
    """The lines of the day one after another."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport=PHONE)
        page.goto(f"{base}/sign-in/")
        page.fill("[name=username]", user)
        page.fill("[name=password]", password)
        page.locator("main form button[type=submit]:visible").first.click()
        page.goto(f"{base}/visits/")
        page.locator("main form button[type=submit]:visible").first.click()
        page.wait_for_url("**/visits/*-*/")
        day, session = page.url, page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        found = [_one(page, day, n) for n in range(visits)]
        browser.close()
    return found


def _one(page: Page, day: str, n: int) -> Visit:
    page.goto(day)
    lines = page.locator("ol.y-day a[data-keep]")
    sent: list[str] = []
    page.on("request", count := lambda request: sent.append(request.url))
    begun, taps = time.monotonic(), 0
    lines.nth(n % lines.count()).click()
    taps += 1
    page.locator("button[name=quick]").wait_for()
    page.locator("button[name=quick]").click()
    taps += 1
    page.wait_for_url(day)
    took = time.monotonic() - begun
    page.remove_listener("request", count)
    return Visit(taps, len(sent), took)


def main(base: str, user: str, password: str) -> None:
    found = measure(base, user, password)
    each = [f"{one.taps} taps, {one.requests} requests, {one.seconds:.1f} s" for one in found]
    print("\n".join(each))
    print(
        f"median {median(one.seconds for one in found):.1f} s, worst {max(one.seconds for one in found):.1f} s"
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
