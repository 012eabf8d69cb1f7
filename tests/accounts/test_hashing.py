"""A password's hash is worth nothing without the keys that lie outside the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.test import Client
from django.urls import reverse
from tests.cast import PASSWORD, Cast

from yice.accounts.hashing import KeyedHasher
from yice.accounts.models import User
from yice.config import settings as site
from yice.identifiers import sealing

pytestmark = pytest.mark.usefixtures("quick")
ROW = {"seal": {1: b"s" * 32}, "row": b"r"}


@pytest.fixture
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The site's hashers with few rounds, and the keys of the test back after it."""
    settings.PASSWORD_HASHERS = site.PASSWORD_HASHERS
    for hasher in (KeyedHasher, PBKDF2PasswordHasher):
        monkeypatch.setattr(hasher, "iterations", 10)
    given = dict(sealing.keys_given())
    yield
    sealing.use_keys(**given)


def test_without_the_keys_the_right_password_is_not_known() -> None:
    sealing.use_keys(index=b"one", **ROW)
    kept = make_password(PASSWORD)
    assert kept.startswith("keyed_pbkdf2_sha256$10$") and len(kept) <= 128
    assert check_password(PASSWORD, kept) and not check_password(PASSWORD + "x", kept)
    slow = PBKDF2PasswordHasher().encode(PASSWORD, kept.split("$")[2], 10).rpartition("$")[2]
    assert slow not in kept
    assert not check_password(PASSWORD, f"pbkdf2_{kept.partition('_pbkdf2_')[2]}")
    sealing.use_keys(index=b"another", **ROW)
    assert not check_password(PASSWORD, kept)


@pytest.mark.parametrize("newer", [b"two", b"3" * sealing.SM3_KEY])
def test_a_key_laid_over_the_old_one_takes_both_and_marks_anew(newer: bytes) -> None:
    sealing.use_keys(index=b"one", **ROW)
    kept = make_password(PASSWORD)
    assert not KeyedHasher().must_update(kept)
    sealing.use_keys(index=(b"one", newer), **ROW)
    taken: list[str] = []
    assert check_password(PASSWORD, kept, taken.append) and taken == [PASSWORD]
    assert KeyedHasher().must_update(kept)
    anew = make_password(PASSWORD)
    assert check_password(PASSWORD, anew) and not KeyedHasher().must_update(anew)
    sealing.use_keys(index=(b"one", b"not that"), **ROW)
    assert not check_password(PASSWORD, anew)


@pytest.mark.django_db
def test_a_hash_of_the_release_before_is_made_anew_at_sign_in(cast: Cast) -> None:
    User.objects.filter(pk=cast.chen.pk).update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt"))
    browser = Client()
    said = {"username": "chen", "password": PASSWORD}
    assert browser.post("/sign-in/", said).status_code == 302
    assert User.objects.get(pk=cast.chen.pk).password.startswith("keyed_pbkdf2_sha256$")
    assert browser.get("/").status_code == 200
    assert Client().post("/sign-in/", said).status_code == 302


@pytest.mark.django_db
def test_proving_oneself_anew_with_an_older_hash_does_not_end_the_sign_in(cast: Cast) -> None:
    cast.chen.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    cast.chen.save()
    browser = Client()
    browser.force_login(cast.chen)
    assert browser.post(reverse("desk:confirm"), {"password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=cast.chen.pk).password.startswith("keyed_pbkdf2_sha256$")
    assert browser.get("/").status_code == 200


@pytest.mark.django_db
def test_a_hash_of_the_release_before_is_not_computed_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five hundred who sign in within five minutes would wait for it."""
    before = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    User.objects.filter(pk=cast.chen.pk).update(password=before)
    slow: list[str] = []
    once = hashers.pbkdf2
    monkeypatch.setattr(hashers, "pbkdf2", lambda *args, **more: slow.append("") or once(*args, **more))
    chen = User.objects.get(pk=cast.chen.pk)
    assert not chen.check_password(PASSWORD + "x") and chen.password == before
    assert chen.check_password(PASSWORD) and len(slow) == 2
    kept = User.objects.get(pk=cast.chen.pk)
    assert kept.password.startswith("keyed_pbkdf2_sha256$10$salt$") and kept.check_password(PASSWORD)
    assert not kept.check_password(PASSWORD + "x")
