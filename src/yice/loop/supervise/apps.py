from django.apps import AppConfig


class SuperviseConfig(AppConfig):
    name = "yice.loop.supervise"
    label = "supervise"

    def ready(self) -> None:
        from yice.loop.supervise import events  # noqa: F401
        from yice.loop.supervise.keeping import reported
        from yice.loop.supervise.targets.counting import keep
        from yice.policy import keeping, registry

        keeping.register_keeper(reported)
        registry.register_consumer(keep)
