"""Settings for tests: the same site, a data folder of its own, quick passwords, plain static files.

Nothing of the machine's own settings reaches a test: of all YICE_* only YICE_TEST_DATABASE is heard.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

for _name in [name for name in os.environ if name.startswith("YICE_") and name != "YICE_TEST_DATABASE"]:
    del os.environ[_name]
os.environ["YICE_VAR"] = tempfile.mkdtemp(prefix="yice-test-")
atexit.register(shutil.rmtree, os.environ["YICE_VAR"], ignore_errors=True)
os.environ["YICE_DATABASE"] = os.environ.get("YICE_TEST_DATABASE", "")
os.environ["YICE_DEMO"] = "1"

from yice.config.settings import *  # noqa: E402, F403
from yice.config.settings import DATABASES, STORAGES, VAR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as on a site: an in-memory database would hide every lock.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": "test_yice"}
(VAR / "static").mkdir()  # WhiteNoise warns of a folder that is not there
AXES_ENABLED = False
YICE_PAGE_RATE = 1_000_000  # a walk is quicker than a hand
YICE_ROW_SECURITY = True  # on PostgreSQL the walk goes behind the wall
