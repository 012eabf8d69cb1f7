from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "yice.loop.plan"
    label = "plan"

    def ready(self) -> None:
        from yice.loop.plan import errands, events  # noqa: F401
