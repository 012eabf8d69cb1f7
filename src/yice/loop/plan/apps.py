from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "yice.loop.plan"
    label = "plan"

    def ready(self) -> None:
        from yice.loop.plan import copies, errands, events, looking  # noqa: F401
        from yice.loop.plan.services.groups import follow_run
        from yice.policy import registry

        registry.register_consumer(follow_run)
