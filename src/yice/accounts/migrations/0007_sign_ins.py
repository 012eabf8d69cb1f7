"""Sessions know whose they are. Those of the release before are carried over: nobody is signed out by it, and
whoever still reads with that release goes on."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def carry_over(apps: Any, schema: Any) -> None:
    """They are written alike: same salt, same coding."""
    from yice.accounts.sessions import SessionStore

    old, new, users = (
        apps.get_model(*name)
        for name in (("sessions", "Session"), ("accounts", "SignIn"), ("accounts", "User"))
    )
    there, now, read = set(users.objects.values_list("pk", flat=True)), timezone.now(), SessionStore().decode
    for one in old.objects.filter(expire_date__gt=now).iterator():
        whose = int(read(one.session_data).get("_auth_user_id") or 0)
        new.objects.create(
            session_key=one.session_key,
            session_data=one.session_data,
            expire_date=one.expire_date,
            user_id=whose if whose in there else None,
            seen_at=now,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("sessions", "0001_initial"),
        ("accounts", "0006_guests_of_other_houses"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("seen_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
    ]
