"""Reading the log. Who may read it is asked by the packages above; here only what was said of a subject."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from yice.audit.models import Event


def about(subject_type: str, subject_id: UUID) -> QuerySet[Event]:
    """Events about one subject ("identify.person", its uuid), newest first, with the names of who did it."""
    return (
        Event.objects.filter(subject_type=subject_type, subject_id=subject_id)
        .select_related("actor")
        .order_by("-id")
    )
