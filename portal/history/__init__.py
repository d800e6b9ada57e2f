"""History: every change recorded once, in one change set, with its actor and reason.

- `acts`     what one actor does: collects the touched objects, then records them
- `recording` what an act changed, compared and copied into history by the database
- `columns` and `keys`: the SQL that does it
- `uncounted` counts for change sets that were written without
- `snapshot` the tracked state of objects, as a history row holds it
- `records`  django-simple-history's registration, writing through `acts`
- `tracked`  the base classes of tracked models and of their history rows
- `changes`  the differences between versions, in words
- `story`    an object's change sets, newest first, as its history page shows them
- `words`    a change set in one line
- `viewing`  whose history a user may see
- `search` and `texts`: change sets and objects by the words in them
- `exporting` history as rows and lines for other programs
- `guard`    the triggers that let nothing rewrite history
- `canonical` a change set's content in one form, and its digest
- `seal`     the chain of digests over finished change sets
- `redaction` history rewritten by policy, so that the chain still verifies
- `verify`   whether history is complete (`completeness`) and untouched (`chain`)
- `steps`    a plan: objects on their way back, what is kept, what cannot be done
- `obstacles` and `clashes`: what the data has against the steps of a plan
- `revert`   plans: back to a version, before a change set, or before a deletion
- `points`   an object and its parts after a change set, and two points compared
- `moments`  the same at a moment, in words
- `field_story` the versions that changed one field
- `back`     plans: one field back, or an object with its parts back to a point
- `writing`  carries a plan out, in one transaction and one change set
- `deleted`  what is gone, to be found and brought back
"""
