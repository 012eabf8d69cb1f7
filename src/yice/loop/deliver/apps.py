from django.apps import AppConfig


class DeliverConfig(AppConfig):
    name = "yice.loop.deliver"
    label = "deliver"

    def ready(self) -> None:
        from yice.accounts import rows, selectors
        from yice.loop.deliver import copies, errands, events, looking  # noqa: F401
        from yice.loop.deliver.facts import columns
        from yice.loop.deliver.offices import covered_posts
        from yice.loop.deliver.selectors.scope import cases_of_others
        from yice.loop.deliver.services.following import follow_run
        from yice.policy import registry

        rows.covered.append(covered_posts)
        selectors.held_back.append(cases_of_others)
        registry.register_columns(columns)
        registry.register_consumer(follow_run)
