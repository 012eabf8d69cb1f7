from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "yice.policy"
    label = "policy"

    def ready(self) -> None:
        from yice.policy import events, handlers  # noqa: F401
