"""Display modes and language are kept in cookies; the browser may load nothing from elsewhere."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import include, path

from yice.web.ui import views
from yice.web.ui.display import Display


def door(request: HttpRequest) -> HttpResponse:
    return redirect("/sign-in/?next=/job/")


sign_in = ([path("sign-in/", door, name="sign-in")], "desk")
urlpatterns = [path("", include(sign_in)), path("patterns/", views.patterns), path("job/", door)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize(
    ("chosen", "classes"),
    [
        ("standard", ""),
        ("large", " is-large"),
        ("contrast", " is-contrast"),
        ("large-contrast", " is-large is-contrast"),
    ],
)
def test_a_chosen_display_stays(client: Client, chosen: str, classes: str) -> None:
    answer = client.get(f"/patterns/?street=1&display={chosen}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/patterns/?street=1")
    assert f'class="govuk-template{classes}"' in client.get("/patterns/").content.decode()


def test_modes_combine_and_standard_ends_both(client: Client) -> None:
    client.get("/patterns/?display=large")
    page = client.get("/patterns/").content.decode()
    assert 'href="?display=large-contrast"' in page and 'href="?display=standard"' in page


@pytest.mark.parametrize("nonsense", ["<script>", "large-large-x", "", "x" * 5000])
def test_nonsense_is_the_standard_or_what_can_be_read_of_it(client: Client, nonsense: str) -> None:
    client.cookies["yice_display"] = nonsense
    page = client.get("/patterns/").content.decode()
    assert f'class="govuk-template{" is-large" if "large" in nonsense else ""}"' in page
    assert Display.parse(str(Display.parse(nonsense))) == Display.parse(nonsense)


def test_the_language_stays(client: Client) -> None:
    assert '<html lang="zh-Hans-CN"' in client.get("/patterns/").content.decode()
    client.get("/patterns/?language=en")
    assert '<html lang="en"' in client.get("/patterns/").content.decode()


def test_a_language_not_offered_is_left_alone(client: Client) -> None:
    client.get("/patterns/?language=../../etc")
    assert '<html lang="zh-Hans-CN"' in client.get("/patterns/").content.decode()


def test_coming_back_never_leaves_the_site(client: Client) -> None:
    answer = client.get("/?display=large", PATH_INFO="//evil.example/")
    assert answer.headers["Location"].startswith("/evil.example")


def test_cookies_cannot_be_read_by_scripts(client: Client) -> None:
    cookie = client.get("/patterns/?display=large").cookies["yice_display"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_only_this_site_may_be_loaded_and_nothing_inline(client: Client) -> None:
    answer = client.get("/patterns/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.content.decode()
    for inline in (" style=", "<style", " onclick=", "hx-on", "javascript:"):
        assert inline not in page
    assert page.count("<script") == page.count('<script src="')
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


def test_a_fragment_asked_for_after_signing_out_renews_the_whole_page(client: Client) -> None:
    answer = client.get("/job/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (200, "true")
    assert client.get("/job/").status_code == 302
