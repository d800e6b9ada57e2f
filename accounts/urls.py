from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("done/", views.InvitationDoneView.as_view(), name="invitation_done"),
    path(
        "<str:uidb64>/<str:token>/", views.InvitationView.as_view(), name="invitation"
    ),
]
