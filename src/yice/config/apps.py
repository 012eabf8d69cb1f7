"""What must be told to the pure packages once Django is up: the reader's language, the keys that seal."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "yice.config"
    label = "config"

    def ready(self) -> None:
        from django.utils.translation import gettext

        from yice.config import events  # noqa: F401
        from yice.config.environment import index_keys, seal_keys, secret
        from yice.identifiers import sealing
        from yice.terms import messages

        messages.use_translator(gettext)
        sealing.use_keys(
            seal=seal_keys(), index=index_keys(), row=secret("ROW"), newer=seal_keys, newer_index=index_keys
        )
