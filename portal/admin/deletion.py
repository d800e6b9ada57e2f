"""Deleting several objects at once, for a reason."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as delete_or_ask
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.admin.reasons import REASON_NEEDED, typed_reason


@admin.action(
    description=_("Delete selected %(verbose_name_plural)s"), permissions=["delete"]
)
def delete_selected(
    model_admin: Any, request: HttpRequest, queryset: QuerySet
) -> HttpResponse | None:
    """Django's action, which shows its page again until there is a reason."""
    if request.POST.get("post") and not typed_reason(request):
        messages.error(request, REASON_NEEDED)
        asked: Any = request.POST.copy()
        del asked["post"]
        request.POST = asked
    return delete_or_ask(model_admin, request, queryset)
