"""The pages of this package; the desk includes them under its own address."""

from django.urls import path

from yice.web.ui import views

app_name = "ui"
urlpatterns = [path("patterns/", views.patterns, name="patterns")]
