from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "yice.jobs"
    label = "jobs"

    def ready(self) -> None:
        from yice.jobs import events  # noqa: F401
