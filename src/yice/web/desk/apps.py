from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "yice.web.desk"
    label = "desk"
