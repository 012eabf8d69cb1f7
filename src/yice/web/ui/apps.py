from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "yice.web.ui"
    label = "ui"
