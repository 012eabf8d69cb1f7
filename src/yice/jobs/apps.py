from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "yice.jobs"
    label = "jobs"
