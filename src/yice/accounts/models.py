"""People who work here. What they may do comes from the posts they hold on the day, never from the account."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from yice.accounts.enums import Role
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

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("name",)

    def __str__(self) -> str:
        return self.name

    def posts_on(self, day: dt.date | None = None) -> list[Post]:
        """The posts held on `day` (today unless told), read once a request."""
        day = day or clock.today()
        if not hasattr(self, "_posts"):
            self._posts = list(self.posts.all())
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
