from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "yice.exchange"
    label = "exchange"

    def ready(self) -> None:
        from yice.exchange import official  # noqa: F401
        from yice.exchange.agreements import events as list_events  # noqa: F401
        from yice.exchange.agreements import handlers as list_handlers  # noqa: F401
        from yice.exchange.imports import events, handlers  # noqa: F401
        from yice.exchange.papers import events as paper_events  # noqa: F401
