from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "yice.areas"
    label = "areas"
