from django.apps import AppConfig


class DeliverConfig(AppConfig):
    name = "yice.loop.deliver"
    label = "deliver"

    def ready(self) -> None:
        from yice.loop.deliver import events  # noqa: F401
