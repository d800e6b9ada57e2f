"""The portal's addresses: everything lives in the admin site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("invitation/", include("accounts.urls")),
    path("account/", include("accounts.sign_in.urls")),
    path("health/", include("portal.health.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.page_not_found"
handler500 = "portal.errors.server_error"
# Not Django's: allauth looks for it.
handler429 = "portal.errors.too_many_requests"
