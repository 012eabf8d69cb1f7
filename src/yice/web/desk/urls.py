"""The desk's addresses, in the order of the day. An address never carries a number that identifies a person."""

from django.urls import path

from yice.web.desk.door import open_page
from yice.web.desk.pages import home, search, sign_in, worklist
from yice.web.ui.views import patterns

app_name = "desk"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("", home.home, name="home"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("search/", search.search, name="search"),
    path("desk/patterns/", open_page(patterns), name="patterns"),
]
