"""Where django-allauth asks how this portal signs people in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.guards import throttle
from accounts.models import User
from accounts.sign_in.posting import order_notice
from accounts.sign_in.sso.claims import did_second_factor

WRONG = _("The username or the password is wrong. Mind small and capital letters.")
SECOND_FACTOR_STAGE = "allauth.mfa.stages.AuthenticateStage"


class PortalAccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff make the accounts; nobody makes one for themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        # In place of allauth's own limit, with which anybody locks anybody out.
        try:
            throttle.admit(request, credentials.get("username", ""))
        except throttle.SlowDown as slow_down:
            raise ValidationError(slow_down.message) from slow_down

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        person = super().authenticate(request, **credentials)
        if person is not None:
            throttle.succeeded(request, person)
        return person

    def pre_login(
        self, request: HttpRequest, user: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not (user.is_active and user.is_staff):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        sociallogin = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if sociallogin and did_second_factor(sociallogin.account.extra_data):
            record_authentication(request, user, method="mfa", type="sso")
        return super().pre_login(request, user, **kwargs)

    def get_login_stages(self) -> list[str]:
        own = "accounts.sign_in.stages.SecondFactorStage"
        return [
            own if stage == SECOND_FACTOR_STAGE else stage
            for stage in super().get_login_stages()
        ]

    def set_password(self, user: Any, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password", "must_change_password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse(settings.LOGIN_REDIRECT_URL)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """To the address that staff keep; allauth's own list of addresses is empty."""
        order_notice(user, template_prefix, self.request, to=email)
