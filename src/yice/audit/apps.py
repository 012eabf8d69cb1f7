from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "yice.audit"
    label = "audit"

    def ready(self) -> None:
        from yice.audit import keeping  # noqa: F401 - its sentences
