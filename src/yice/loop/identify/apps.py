from django.apps import AppConfig


class IdentifyConfig(AppConfig):
    name = "yice.loop.identify"
    label = "identify"
