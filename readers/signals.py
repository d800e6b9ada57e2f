"""The one signal of the portal: a new User gets its Reader."""

from typing import Any

from readers.models import Reader


def give_reader(instance: Any, created: bool, raw: bool, **kwargs: Any) -> None:
    # A fixture brings its own Readers; `repair_readers` finds users left without.
    if created and not raw:
        Reader.objects.for_user(instance)
