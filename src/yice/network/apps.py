from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "yice.network"
    label = "network"

    def ready(self) -> None:
        from yice.network import events  # noqa: F401
