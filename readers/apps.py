from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_save


class ReadersConfig(AppConfig):
    name = "readers"
    verbose_name = "Readers"

    def ready(self) -> None:
        from readers.signals import give_reader

        post_save.connect(
            give_reader,
            sender=settings.AUTH_USER_MODEL,
            dispatch_uid="readers.give_reader",
        )
