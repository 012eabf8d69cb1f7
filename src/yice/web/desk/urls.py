"""The desk's addresses, in the order of the day. An address never carries a number that identifies a person."""

from django.urls import path

from yice.web.desk.door import open_page
from yice.web.desk.pages import correct, finding, home, person, search, sign_in, visits, worklist
from yice.web.ui.views import patterns

app_name = "desk"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("", home.home, name="home"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("search/", search.search, name="search"),
    path("person/<uuid:person>/", person.person, name="person"),
    path("person/<uuid:person>/ask/", person.ask, name="ask"),
    path("person/<uuid:person>/correct/<str:fact>/", correct.correct, name="correct"),
    path("person/<uuid:person>/whole/<slug:field>/", person.unmask, name="unmask"),
    *(
        path(f"person/<uuid:person>/{part}/", person.person, {"part": part}, name=f"person-{part}")
        for part in person.PARTS
    ),
    path("finding/<uuid:finding>/", finding.finding, name="finding"),
    path("visits/", visits.visits, name="visits"),
    path("visits/<uuid:uuid>/", visits.list_page, name="visit-list"),
    path("desk/patterns/", open_page(patterns), name="patterns"),
]
