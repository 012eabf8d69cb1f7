"""The desk's addresses, in the order of the day. An address never carries a number that identifies a person."""

from django.urls import path

from yice.web.desk.door import open_page
from yice.web.desk.pages import (
    accounts,
    ask,
    correct,
    county,
    export,
    finding,
    health,
    home,
    import_columns,
    imports,
    jobs,
    person,
    policy,
    record,
    screenings,
    search,
    sign_in,
    undo,
    unmask,
    visits,
    whatif,
    worklist,
)
from yice.web.ui.views import patterns

app_name = "desk"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("", home.home, name="home"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("worklist/export/", export.worklist, name="export"),
    path("search/", search.search, name="search"),
    path("person/<uuid:person>/", person.person, name="person"),
    path("person/<uuid:person>/ask/", ask.ask, name="ask"),
    path("person/<uuid:person>/correct/<str:fact>/", correct.correct, name="correct"),
    path("person/<uuid:person>/whole/<slug:field>/", unmask.unmask, name="unmask"),
    *(
        path(f"person/<uuid:person>/{part}/", person.person, {"part": part}, name=f"person-{part}")
        for part in person.PARTS
    ),
    path("finding/<uuid:finding>/", finding.finding, name="finding"),
    path("finding/<uuid:finding>/undo/", undo.undo, name="undo"),
    path("visits/", visits.visits, name="visits"),
    path("visits/<uuid:uuid>/", visits.list_page, name="visit-list"),
    path("county/", county.county, name="county"),
    path("county/reports/", county.reports, name="reports"),
    path("county/reports/<uuid:report>/", county.report, name="report"),
    path("county/reports/<uuid:report>/changes/", county.comparison, name="comparison"),
    path("county/reports/<uuid:report>/changes/export/", county.changes_export, name="changes-export"),
    path("county/<slug:area>/", county.county, name="county-at"),
    path("county/<slug:area>/export/", county.county_export, name="county-export"),
    path("county/<slug:area>/<slug:figure>/", county.figure, name="figure"),
    path("county/<slug:area>/<slug:figure>/export/", county.figure_export, name="figure-export"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.upload, name="import-new"),
    path("imports/unmatched/", imports.unmatched, name="unmatched"),
    path("imports/<uuid:batch>/", imports.batch, name="import"),
    path("imports/<uuid:batch>/columns/", import_columns.columns, name="import-columns"),
    path("imports/<uuid:batch>/refused/", imports.refused, name="import-refused"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job>/", jobs.job, name="job"),
    path("jobs/<uuid:job>/progress/", jobs.progress, name="job-progress"),
    path("screenings/", screenings.screenings, name="screenings"),
    path("screenings/<uuid:run>/", screenings.screening, name="screening"),
    path("policy/", policy.packs, name="policy"),
    path("policy/whatif/", whatif.comparisons, name="comparisons"),
    path("policy/whatif/<uuid:comparison>/", whatif.whatif, name="whatif"),
    path("policy/whatif/<uuid:comparison>/people/", whatif.people, name="whatif-people"),
    path("policy/<slug:digest>/whatif/", whatif.ask, name="whatif-ask"),
    path("policy/<slug:digest>/", policy.pack, name="pack"),
    *(
        path(f"policy/<slug:digest>/{part}/", policy.pack, {"part": part}, name=f"policy-{part}")
        for part in policy.PARTS
    ),
    path("record/", record.record, name="audit"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.add, name="account-new"),
    path("accounts/<int:account>/", accounts.account, name="account"),
    path("healthz", health.health, name="health"),
    path("desk/patterns/", open_page(patterns), name="patterns"),
]
