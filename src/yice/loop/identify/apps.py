from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IdentifyConfig(AppConfig):
    name = "yice.loop.identify"
    label = "identify"

    def ready(self) -> None:
        from yice.loop.identify import beginning, events, looking  # noqa: F401
        from yice.loop.identify.facts import people
        from yice.loop.identify.pairing import events as pair_events  # noqa: F401
        from yice.loop.identify.pairing import handlers  # noqa: F401
        from yice.loop.identify.refolding import refold
        from yice.loop.identify.rights import events as right_events  # noqa: F401
        from yice.loop.identify.rights import guardians  # noqa: F401 - its errands
        from yice.loop.identify.rounds import events as round_events  # noqa: F401
        from yice.loop.identify.services import visits_reasons  # noqa: F401
        from yice.loop.identify.services.needs_following import follow_run
        from yice.loop.identify.services.runs import apply_run
        from yice.policy import registry

        registry.register_people(people)
        registry.register_consumer(apply_run)
        registry.register_consumer(follow_run)
        post_migrate.connect(refold, sender=self)
