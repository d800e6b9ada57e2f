from readers.models.branch import Branch
from readers.models.category import Category
from readers.models.reader import Reader

__all__ = ["Branch", "Category", "Reader"]
