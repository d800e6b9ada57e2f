"""The same columns as a User's, with django-simple-history as it comes."""

from typing import Any

from django.db import connection, models
from simple_history.models import HistoricalRecords

from accounts.models import User


def _columns() -> dict[str, Any]:
    columns = {f.name: f.clone() for f in User._meta.concrete_fields}
    # Two tables must not share an index's name.
    return {name: field for name, field in columns.items() if name != "id"}


class Options:
    # The library asks for an app that is installed; migrations know nothing of it.
    app_label = "accounts"


StockPerson: Any = type(
    "StockPerson",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": Options,
        **_columns(),
        "history": HistoricalRecords(),
    },
)


def make_tables() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(StockPerson)
        editor.create_model(StockPerson.history.model)
