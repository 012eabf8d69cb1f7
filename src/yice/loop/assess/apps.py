from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "yice.loop.assess"
    label = "assess"

    def ready(self) -> None:
        from yice.loop.assess import events  # noqa: F401
