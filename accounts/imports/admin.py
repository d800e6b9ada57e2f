"""What gives the people's admin its import and export pages."""

from accounts.imports.exports import ExportPages
from accounts.imports.pages import ImportPages
from accounts.resources import PersonResource


class PeopleImportExportMixin(ImportPages, ExportPages):
    """Mix in before the base class. The list gets a button for each page."""

    resource_classes = [PersonResource]
    import_export_change_list_template = (
        "admin/import_export/change_list_import_export.html"
    )
