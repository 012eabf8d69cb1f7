from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "yice.policy"
    label = "policy"
