from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "yice.audit"
    label = "audit"
