"""What each request passes, in this order."""

MIDDLEWARE = [
    "portal.logs.middleware.RequestLogMiddleware",
    # These three only add to answers. First, so that they reach those of all others.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "portal.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.health.middleware.ProbeMiddleware",
    "portal.middleware.WrongMethodMiddleware",
    "portal.middleware.NoNulMiddleware",
    "portal.busy.BusySessionMiddleware",
    # Before whatever may refuse a request.
    "portal.security.middleware.SecurityEventMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.busy.BusyMiddleware",
    "portal.uploads.UploadLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.guards.middleware.ThrottleMiddleware",
    "accounts.guards.middleware.SessionLimitMiddleware",
    "accounts.middleware.TemporaryPasswordMiddleware",
    "accounts.guards.middleware.SecondFactorMiddleware",
    "accounts.guards.middleware.FreshSignInMiddleware",
    "portal.history.middleware.ActorMiddleware",
]
