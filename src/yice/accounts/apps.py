from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "yice.accounts"
    label = "accounts"
