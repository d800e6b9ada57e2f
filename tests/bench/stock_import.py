"""People and readers on a stock stack, and their import as it comes.

Plain models with our columns, django-simple-history and a ModelResource: what a project
has before it writes an import of its own. Its pages are left out, though the preview's
takes seconds to be made.
"""

from typing import Any

from django.db import connection, models
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import ModelResource
from import_export.widgets import CharWidget, DateWidget, ForeignKeyWidget
from simple_history.models import HistoricalRecords

from accounts.imports.columns import COLUMNS
from readers.models import Reader
from tests.bench.stock import Options, StockPerson


class StockPlace(models.Model):
    """A branch, by its code, or a category, by its name."""

    key = models.CharField(max_length=100, unique=True)

    class Meta(Options):
        pass

    def __str__(self) -> str:
        return self.key


def _columns() -> dict[str, Any]:
    plain = [f for f in Reader._meta.concrete_fields if not f.is_relation]
    return {f.name: f.clone() for f in plain if f.name != "id"}


def _to_place() -> Any:
    return models.ForeignKey(
        StockPlace, on_delete=models.PROTECT, null=True, related_name="+"
    )


StockReader: Any = type(
    "StockReader",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": Options,
        "user": models.OneToOneField(
            StockPerson, on_delete=models.CASCADE, related_name="reader"
        ),
        "branch": _to_place(),
        "category": _to_place(),
        **_columns(),
        "history": HistoricalRecords(),
    },
)


def _of_reader(name: str, widget: Any = None) -> Field:
    # Texts as the library makes them for a model's own text fields.
    text = CharWidget(coerce_to_string=True, allow_blank=True)
    return Field(f"reader__{name}", name, widget or text)


class StockResource(ModelResource):
    card_number = _of_reader("card_number")
    category = _of_reader("category", ForeignKeyWidget(StockPlace, "key"))
    branch = _of_reader("branch", ForeignKeyWidget(StockPlace, "key"))
    phone = _of_reader("phone")
    birth_date = _of_reader("birth_date", DateWidget())
    joined_on = _of_reader("joined_on", DateWidget())
    expires_on = _of_reader("expires_on", DateWidget())
    notes = _of_reader("notes")

    class Meta:
        model = StockPerson
        import_id_fields = ("username",)
        fields = COLUMNS

    def init_instance(self, row: Any = None) -> Any:
        person = super().init_instance(row)
        StockReader(user=person)
        return person

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        instance.reader.user = instance
        instance.reader.save()


def make_tables(places: list[str]) -> None:
    with connection.schema_editor() as editor:
        for model in (StockPlace, StockPerson, StockReader):
            editor.create_model(model)
        for model in (StockPerson, StockReader):
            editor.create_model(model.history.model)
    StockPlace.objects.bulk_create(StockPlace(key=key) for key in places)


def preview_and_confirm(data: bytes) -> None:
    """Both steps read the file, as import-export's pages do."""
    for is_preview in (True, False):
        result = StockResource().import_data(
            XLSX().create_dataset(data), dry_run=is_preview, use_transactions=True
        )
        if result.has_errors() or result.has_validation_errors():
            raise RuntimeError((result.row_errors() or result.invalid_rows)[0])
