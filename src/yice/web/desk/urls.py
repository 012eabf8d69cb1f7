"""The desk's addresses, in the order of the day. An address never carries a number that identifies a person."""

from django.urls import path

from yice.web.desk.door import open_page
from yice.web.desk.pages import sign_in
from yice.web.ui.views import patterns

app_name = "desk"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("desk/patterns/", open_page(patterns), name="patterns"),
]
