"""Where each address leads, and the pages for what went wrong."""

from django.urls import include, path

urlpatterns = [path("api/", include("yice.api.urls")), path("", include("yice.web.desk.urls"))]

handler400 = "yice.web.ui.views.bad_request"
handler403 = "yice.web.ui.views.forbidden"
handler404 = "yice.web.ui.views.not_found"
handler500 = "yice.web.ui.views.failed"
