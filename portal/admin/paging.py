"""Pages of long lists that cost the same however long the list is."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator


class LimitedPaginator(Paginator):
    """Counts so many rows and no further; filters reach what comes after."""

    LIMIT = 10_000
    # The theme draws the list's pages with it.
    template_name = "portal/includes/limited_pages.html"

    @cached_property
    def found(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[: self.LIMIT + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.found, self.LIMIT)

    @property
    def has_more(self) -> bool:
        return self.found > self.LIMIT
