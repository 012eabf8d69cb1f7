from django.apps import AppConfig


class SuperviseConfig(AppConfig):
    name = "yice.loop.supervise"
    label = "supervise"
