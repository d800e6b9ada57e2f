from readers.admin.inline import ReaderInline
from readers.admin.tables import BranchAdmin, CategoryAdmin

__all__ = ["BranchAdmin", "CategoryAdmin", "ReaderInline"]
