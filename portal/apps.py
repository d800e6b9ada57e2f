from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        # Checks register themselves on import.
        from portal import checks  # noqa: F401
        from portal.sqlite import fold_case_in_unicode

        connection_created.connect(
            fold_case_in_unicode, dispatch_uid="portal.fold_case_in_unicode"
        )


class PortalAdminConfig(AdminConfig):
    """Makes the portal's own site `django.contrib.admin.site`."""

    default_site = "portal.admin.site.PortalAdminSite"
