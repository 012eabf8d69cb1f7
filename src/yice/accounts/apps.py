from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "yice.accounts"
    label = "accounts"

    def ready(self) -> None:
        from yice.accounts import events, signals  # noqa: F401 - both register themselves
