from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect import views
from allauth.socialaccount.views import connections
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from requests import RequestException


def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider; a look changes nothing here, so a link may lead to it."""
    return views.login(request, provider_id)


def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From the provider, with a code or with the news that there is none."""
    try:
        return views.callback(request, provider_id)
    except (RequestException, KeyError, ValueError) as problem:
        # What the provider says of itself could not be read; allauth lets that fall.
        provider = get_adapter().get_provider(request, provider_id)
        return render_authentication_error(request, provider, exception=problem)


def links(request: HttpRequest) -> HttpResponse:
    """One's own link to the provider; no page where there is no provider."""
    if not settings.SSO_ISSUER:
        raise Http404
    return connections(request)
