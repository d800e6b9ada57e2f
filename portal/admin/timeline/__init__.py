"""The history pages of an object, whatever it is.

- `story` its change sets, newest first
- `back`  an object back to how it was
"""

from portal.admin.timeline.back import BackMixin
from portal.admin.timeline.story import StoryMixin


class TimelineModelAdmin(StoryMixin, BackMixin):
    """All of these pages, for every tracked model with pages of its own."""
