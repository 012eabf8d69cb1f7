from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "yice.exchange"
    label = "exchange"
