"""Whose history a user may see: that of what they may view at all."""

from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import Model

from portal.history.snapshot import owner_field, tracked_models


def may_view(user: Any, model: type[Model]) -> bool:
    codename = get_permission_codename("view", model._meta)
    return user.has_perm(f"{model._meta.app_label}.{codename}")


def viewable_models(user: Any) -> list[type[Model]]:
    """Those whose history the user may see; wholes come before their parts."""
    viewable = [model for model in tracked_models() if may_view(user, model)]
    return sorted(viewable, key=lambda model: owner_field(model) is not None)
