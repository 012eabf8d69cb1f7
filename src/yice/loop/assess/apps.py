from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "yice.loop.assess"
    label = "assess"

    def ready(self) -> None:
        from yice.loop.assess import copies, events, looking  # noqa: F401
        from yice.loop.assess.services.following import follow_run
        from yice.policy import registry

        registry.register_consumer(follow_run)
