"""What browsers are told with every answer, whoever in the portal gives it."""

from django.conf import settings
from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.utils.cache import patch_cache_control
from django.utils.csp import CSP

# No page uses these, so nothing that gets into one can. Passkeys stay possible.
UNUSED_FEATURES = [
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
]
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)


class HeadersMiddleware(SecurityMiddleware):
    """Adds Django's security headers, and ours, to answers of other middleware too.

    Stands before all that can answer by itself or fail. Django's own, which it extends,
    also sends browsers on to TLS; that is done behind this one, for it may fail: the
    answer to a host that is not ours would lack what that middleware itself adds.
    """

    def process_request(self, request: HttpRequest) -> None:
        return None

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "public" not in response.get("Cache-Control", ""):
            # Static files alone are public; all else may be about people.
            patch_cache_control(response, no_store=True, private=True)
        decide_frames(request, response)
        return response


def decide_frames(request: HttpRequest, response: HttpResponse) -> None:
    """The theme shows popups in a frame of its own page.

    It allows that for each form and list, however asked for, and forgets the page that
    deletes; we allow it for whatever is asked for as a popup, and nothing else.
    """
    if IS_POPUP_VAR in request.GET:
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        framed = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}
        # Where Django's own decorator leaves what the middleware shall say.
        response._csp_config = framed  # type: ignore[attr-defined]
    else:
        response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
