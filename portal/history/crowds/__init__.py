"""Large plans: most objects are only counted, and written set by set.

The database sorts the objects of a source into fates, in tables of its own that last
as long as the plan. Whatever could meet an obstacle, or could need something that does
not go ahead, is OPEN: Python looks at it as at any small plan. The rest either goes
back (READY), or is KEPT or REFUSED for a reason that needs no second look.

- `tables`   the objects of a source, one table for each model
- `sorting`  the fate of each object by itself
- `rules`    what the data may have against it
- `spreading` what the fates of others make of it
- `around`   what the steps that Python looks at may ask about all others
- `planning` the plan, from source to digest
- `writing`  carries it out
"""
