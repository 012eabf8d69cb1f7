"""The API's addresses, each with the actions that its operation declares."""

from __future__ import annotations

from django.urls import URLPattern, include, path

from yice.api import pages
from yice.api.door import OPERATIONS
from yice.api.rest import api

app_name = "api"


def _declared(pattern: URLPattern) -> URLPattern:
    pattern.callback.actions = OPERATIONS[str(pattern.name)].actions  # type: ignore[union-attr]
    return pattern


_operations = [
    _declared(one) for one in api.urls[0] if isinstance(one, URLPattern) and one.name in OPERATIONS
]
urlpatterns = [
    path("", pages.listing, name="operations"),
    path("v1/openapi.json", pages.described, name="openapi"),
    path("v1/", include(_operations)),
]
