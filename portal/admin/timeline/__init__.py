"""The history pages of an object, whatever it is.

- `story`   its change sets, newest first; of a part, or of one field alone
- `compare` what differs between two points of the story
- `as_of`   the object as it was at a moment
- `back`    one field, one object, or the whole back to how it was
"""

from portal.admin.timeline.as_of import AsOfMixin
from portal.admin.timeline.back import BackMixin
from portal.admin.timeline.compare import CompareMixin
from portal.admin.timeline.story import StoryMixin


class TimelineModelAdmin(StoryMixin, CompareMixin, AsOfMixin, BackMixin):
    """All of these pages, for every tracked model with pages of its own."""
