"""People who work here. What they may do comes from the posts they hold on the day, never from the account."""

from __future__ import annotations

import datetime as dt
import uuid
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from yice.accounts import hashing
from yice.accounts.enums import Proof, Role
from yice.shelf.fields import SealedText
from yice.terms import clock


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, *, name: str = "") -> User:
        """Make an account; it holds no post yet, so it may do nothing."""
        user = self.model(username=username, name=name or username)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)

    objects = UserManager()
    only: frozenset[str] | None = (
        None  # actions that a token leaves of the posts'; None: whoever came in by the door
    )

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("name",)

    def __str__(self) -> str:
        return self.name

    def check_password(self, raw_password: str) -> bool:
        """On the first morning of a release that keeps hashes otherwise, everybody's are kept anew at once."""
        if not hashing.is_former(self.password):
            return super().check_password(raw_password)
        if not PBKDF2PasswordHasher().verify(raw_password, self.password):
            return False
        self.password = hashing.keyed(self.password)
        self.save(update_fields=["password"])
        return True

    def posts_on(self, day: dt.date | None = None) -> list[Post]:
        """The posts held on `day` (today unless told), read once a request."""
        day = day or clock.today()
        if not hasattr(self, "_posts"):
            self._posts = list(self.posts.select_related("area"))
        return [post for post in self._posts if post.held_on(day)]


class Post(models.Model):
    """A role in an area for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40, choices=Role)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)  # last day

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "role", "area"], name="post_once"),)

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.area_id}"

    def held_on(self, day: dt.date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class SignIn(AbstractBaseSession):
    """A session, and whose it is, so that one's own can be listed and ended."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sign_ins")
    seen_at = models.DateTimeField()  # noted every ten minutes at most

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore


class Factor(models.Model):
    """What somebody proves themselves with besides the password: an authenticator's secret, or a passkey."""

    user = models.ForeignKey(User, models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=10, choices=Proof)
    name = models.CharField(max_length=40)
    secret = models.BinaryField()  # TOTP: sealed; a passkey: its public half
    credential = models.BinaryField(max_length=1023, null=True, unique=True)  # a passkey's own name
    counter = models.BigIntegerField(
        default=-1
    )  # the last time step, or signature, that was taken: none twice
    misses = models.PositiveSmallIntegerField(default=0)  # wrong codes in a row
    missed_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """One of ten codes of 140 bits for the day the telephone is lost; each works once."""

    user = models.ForeignKey(User, models.PROTECT, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once"),)

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class Invitation(models.Model):
    """A code with which somebody chooses their own first, or next, password; no administrator ever knows it."""

    user = models.OneToOneField(User, models.CASCADE, related_name="invitation")
    digest = models.BinaryField(max_length=32)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"invitation of {self.user_id}"


class Identity(models.Model):
    """The same person at the office's own sign-in service (OpenID Connect)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),)

    def __str__(self) -> str:
        return self.issuer


class Glass(models.Model):
    """Somebody out of reach was opened in an emergency: by whom, why, until when, and what the supervisor made of it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="glasses")
    person = models.UUIDField()
    area = models.CharField(max_length=12)  # where the one who looks works: their supervisor reviews it
    reason = SealedText("glass_reason", max_length=200)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    justified = models.BooleanField(null=True)
    note = SealedText("glass_note", max_length=200, blank=True)

    def __str__(self) -> str:
        return str(self.uuid)


class Token(models.Model):
    """What a named system shows instead of a person: bound to its maker's posts, chosen actions and a last day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)  # the system it is for
    digest = models.BinaryField(max_length=32, unique=True)  # keyed; what was shown once is kept nowhere
    actions = models.JSONField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Reply(models.Model):
    """What a write was answered, by the request's own key: sent again it is answered alike and done once.

    A system's write stands under its token; a form of the pages under whoever sent it.
    """

    token = models.ForeignKey(Token, models.CASCADE, null=True, related_name="replies")
    by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=64)
    asked = models.BinaryField(
        max_length=32
    )  # keyed digest of what was sent: another request is not this one
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(
        blank=True
    )  # references and versions, nothing about a person; of a form, where it led
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["token", "key"], name="reply_once"),
            models.UniqueConstraint(fields=["by", "key"], name="reply_once_by"),
            models.CheckConstraint(
                condition=models.Q(token__isnull=True) ^ models.Q(by__isnull=True), name="reply_of_one"
            ),
        )
        indexes = (models.Index(fields=["at"], name="reply_at"),)

    def __str__(self) -> str:
        return str(self.status)


class Installation(models.Model):
    """The single row that says what this database was created as. A demo can never become live."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    demo = models.BooleanField()
    area = models.ForeignKey("areas.Area", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_installation"),)

    def __str__(self) -> str:
        return "demo" if self.demo else "live"


class Asked(models.Model):
    """How often somebody asked in a minute, told by the processes of a site to each other (`pace`)."""

    who = models.CharField(max_length=32)  # a keyed mark
    minute = models.PositiveIntegerField()  # since 1970
    times = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["who", "minute"], name="asked_once_a_minute"),)

    def __str__(self) -> str:
        return f"{self.times}"
