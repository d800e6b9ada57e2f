"""The pages behind an invitation's link; nobody has signed in here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    PasswordResetConfirmView,
)
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from unfold.widgets import BASE_INPUT_CLASSES

from accounts.models import User
from accounts.tokens import invitation_tokens
from portal.security.events import Kind, record_event

ACCEPTED = "accepted_invitation_of"


class ChoosePasswordForm(SetPasswordForm):
    """Django's, in the theme's look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)
        self.fields["new_password1"].widget.attrs["autofocus"] = True


class InvitationView(PasswordResetConfirmView):
    """Moves the token from the address into the session, then asks for a password.

    A link that is wrong, used or too old gets one and the same page, whoever it names.
    """

    form_class = ChoosePasswordForm
    success_url = reverse_lazy("accounts:invitation_done")
    template_name = "accounts/invitation/choose_password.html"
    title = _("Choose your password")
    token_generator = invitation_tokens

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(*args, **kwargs)
        if kwargs["token"] != self.reset_url_token:
            # The address holds the secret. Not on the form's own page: its address
            # holds none, and browsers would send the form with `Origin: null`.
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        # Of two who use one link at the same moment, the second finds it used.
        with transaction.atomic():
            live = User.objects.select_for_update().get(pk=form.user.pk)
            token = self.request.session[INTERNAL_RESET_SESSION_TOKEN]
            if not self.token_generator.check_token(live, token):
                self.validlink = False
                return self.render_to_response(self.get_context_data(form=None))
            return self._accept(form)

    def _accept(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session[ACCEPTED] = form.user.pk
        record_event(Kind.INVITATION_USED, request=self.request, actor=form.user)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            **admin.site.each_context(self.request),
            **super().get_context_data(**kwargs),
        }
        if not self.validlink:
            context["title"] = _("This link does not work")
        return context | {"person": self.user if self.validlink else None}


@method_decorator(never_cache, name="dispatch")
class InvitationDoneView(TemplateView):
    """Tells the person who has just chosen a password how to go on."""

    template_name = "accounts/invitation/done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **admin.site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "title": _("Your password is set"),
            "person": accepted_by(self.request),
        }


def accepted_by(request: HttpRequest) -> User | None:
    return User.objects.filter(pk=request.session.get(ACCEPTED)).first()
