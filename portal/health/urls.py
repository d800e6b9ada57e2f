from django.urls import path

from portal.health.views import LiveView, ReadyView

app_name = "health"

urlpatterns = [
    path("live/", LiveView.as_view(), name="live"),
    path("ready/", ReadyView.as_view(), name="ready"),
]
