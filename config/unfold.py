"""The portal's theme: data and dotted paths, which Unfold calls with the request."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import lazy

# Resolved when a page is drawn: with hashed file names `static` needs a manifest that
# does not exist yet while settings load.
static_lazy = lazy(static, str)

UNFOLD = {
    "SITE_TITLE": "Reading Room",
    "SITE_HEADER": "Reading Room",
    "SITE_SUBHEADER": "People of the library",
    # Nothing but the portal lives on this host. With a URL here the sign-in page would
    # offer «Return to site», which leads back to the sign-in page.
    "SITE_URL": None,
    "SITE_ICON": {
        "light": static_lazy("reading-room/icon-light.svg"),
        "dark": static_lazy("reading-room/icon-dark.svg"),
    },
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "sizes": "any",
            "href": static_lazy("reading-room/favicon.svg"),
        },
        {
            "rel": "icon",
            "type": "image/png",
            "sizes": "32x32",
            "href": static_lazy("reading-room/favicon-32.png"),
        },
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "portal.theme.environment_badge",
    "ENVIRONMENT_TITLE_PREFIX": "portal.theme.environment_prefix",
    "DASHBOARD_CALLBACK": "portal.dashboard.dashboard_context",
    "LOGIN": {"image": static_lazy("reading-room/login.svg")},
    "STYLES": [static_lazy("reading-room/portal.css")],
    "BORDER_RADIUS": "8px",
    # Measured as WCAG 2 contrast: white on primary-600 7.4:1, and 4.6:1 when hovering
    # lightens it; primary-600 on white and on base-100 7.4 and 6.7; primary-500 on
    # base-900 and base-800 5.6 and 4.6; the subtle text 4.6 or more everywhere.
    "COLORS": {
        "base": {
            "50": "oklch(98.4% .004 95)",
            "100": "oklch(96.2% .006 95)",
            "200": "oklch(91.6% .009 95)",
            "300": "oklch(85.8% .011 97)",
            "400": "oklch(65.6% .014 105)",
            "500": "oklch(53.4% .015 115)",
            "600": "oklch(43.2% .015 125)",
            "700": "oklch(36% .014 135)",
            "800": "oklch(27.6% .013 145)",
            "900": "oklch(20.6% .012 150)",
            "950": "oklch(14.5% .01 155)",
        },
        "primary": {
            "50": "oklch(97.6% .014 165)",
            "100": "oklch(94.4% .03 165)",
            "200": "oklch(89% .056 165)",
            "300": "oklch(82% .085 164)",
            "400": "oklch(74.5% .105 163)",
            "500": "oklch(64% .11 162)",
            "600": "oklch(44% .083 161)",
            "700": "oklch(39% .073 161)",
            "800": "oklch(33.5% .061 162)",
            "900": "oklch(28.5% .05 163)",
            "950": "oklch(20.5% .036 164)",
        },
        "font": {
            "subtle-light": "var(--color-base-500)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-600)",
            "default-dark": "var(--color-base-300)",
            "important-light": "var(--color-base-900)",
            "important-dark": "var(--color-base-100)",
        },
    },
    "ACCOUNT": {"navigation": "portal.theme.account_links"},
    "COMMAND": {
        # The theme's own search over models reads every match.
        "search_models": False,
        "show_history": False,
        "search_callback": "accounts.search.search_people",
    },
    "TABS": [
        {
            "models": ["portal.changeset", "portal.securityevent"],
            "items": [
                {
                    "title": "Changes",
                    "link": reverse_lazy("admin:portal_changeset_changelist"),
                    "permission": "portal.theme.may_view_changes",
                },
                {
                    "title": "Security events",
                    "link": reverse_lazy("admin:portal_securityevent_changelist"),
                    "permission": "portal.theme.may_view_security_events",
                },
            ],
        },
    ],
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    {
                        "title": "Dashboard",
                        "icon": "dashboard",
                        "link": reverse_lazy("admin:index"),
                    },
                ],
            },
            {
                "title": "People",
                "items": [
                    {
                        "title": "People",
                        "icon": "group",
                        "link": reverse_lazy("admin:accounts_user_changelist"),
                        "active": "portal.theme.is_people_list_active",
                        "permission": "portal.theme.may_view_people",
                    },
                    {
                        "title": "Add a person",
                        "icon": "person_add",
                        "link": reverse_lazy("admin:accounts_user_add"),
                        "permission": "portal.theme.may_add_people",
                    },
                    {
                        "title": "Roles",
                        "icon": "badge",
                        "link": reverse_lazy("admin:auth_group_changelist"),
                        "active": "portal.theme.is_roles_active",
                        "permission": "portal.theme.may_view_roles",
                    },
                    {
                        "title": "Roles and rights",
                        "icon": "key",
                        "link": reverse_lazy("admin:auth_group_overview"),
                    },
                ],
            },
            {
                "title": "Imports and exports",
                "items": [
                    {
                        "title": "Import people",
                        "icon": "upload_file",
                        "link": reverse_lazy("admin:accounts_user_import"),
                        "permission": "portal.theme.may_import_people",
                    },
                    {
                        "title": "Export people",
                        "icon": "download",
                        "link": reverse_lazy("admin:accounts_user_export"),
                        "permission": "portal.theme.may_export_people",
                    },
                    {
                        "title": "Past imports",
                        "icon": "inventory_2",
                        "link": reverse_lazy("admin:portal_importjob_changelist"),
                        "permission": "portal.theme.may_view_imports",
                    },
                    {
                        "title": "Past exports",
                        "icon": "outbox",
                        "link": reverse_lazy("admin:portal_exportjob_changelist"),
                        "permission": "portal.theme.may_view_exports",
                    },
                    {
                        "title": "Letters",
                        "icon": "mail",
                        "link": reverse_lazy("admin:portal_letter_changelist"),
                        "permission": "portal.theme.may_view_letters",
                    },
                ],
            },
            {
                "title": "History",
                "items": [
                    {
                        "title": "Changes",
                        "icon": "history",
                        "link": reverse_lazy("admin:portal_changeset_changelist"),
                        "active": "portal.theme.is_changes_active",
                        "permission": "portal.theme.may_view_changes",
                    },
                    {
                        "title": "Security events",
                        "icon": "shield",
                        "link": reverse_lazy("admin:portal_securityevent_changelist"),
                        "permission": "portal.theme.may_view_security_events",
                    },
                    {
                        "title": "Review",
                        "icon": "rate_review",
                        "link": reverse_lazy("admin:portal_review"),
                        "permission": "portal.theme.may_review",
                        "badge": "portal.theme.waiting_badge",
                    },
                    {
                        "title": "Deleted",
                        "icon": "restore_from_trash",
                        "link": reverse_lazy("admin:portal_deleted"),
                        "permission": "portal.theme.may_view_deleted",
                    },
                ],
            },
            {
                "title": "Settings",
                "items": [
                    {
                        "title": "Branches",
                        "icon": "location_on",
                        "link": reverse_lazy("admin:readers_branch_changelist"),
                        "permission": "portal.theme.may_view_branches",
                    },
                    {
                        "title": "Categories",
                        "icon": "category",
                        "link": reverse_lazy("admin:readers_category_changelist"),
                        "permission": "portal.theme.may_view_categories",
                    },
                ],
            },
        ],
    },
}
