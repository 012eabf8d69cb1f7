"""Settings for tests: the same site, a data folder of its own, quick passwords, plain static files."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("YICE_VAR", tempfile.mkdtemp(prefix="yice-test-"))
os.environ.setdefault("YICE_DEMO", "1")

from yice.config.settings import *  # noqa: F403
from yice.config.settings import DATABASES, STORAGES, TEMPLATES, VAR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as on a site: an in-memory database would hide every lock.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
AXES_ENABLED = False
