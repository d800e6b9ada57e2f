"""What a fixture must not undo."""

from typing import Any

from accounts.passwords import unusable_password


def keep_password(
    sender: Any, instance: Any, raw: bool, using: str | None = None, **kwargs: Any
) -> None:
    """A fixture without passwords takes nobody's away, and lets nobody in."""
    if not raw or instance.password:
        return
    stored = sender._base_manager.using(using).filter(pk=instance.pk)
    password = stored.values_list("password", flat=True).first()
    instance.password = password or unusable_password()
