"""Bringing people in, and taking them out.

- `columns`  the columns of the people's table, and the headers that name them
- `options`  what is chosen for one file: columns, mode, match, defaults
- `cells`    what a cell may hold; `days` reads its dates
- `people`   a spreadsheet or a fixture, as `portal.imports.jobs` wants it
- `fixture`  Django's fixture as one more format
- `pages`    import: choose a file; `reviews` then: look at it, and decide
- `exports`  the export page; `taking_out` what it writes
- `admin`    the mixin that gives them to the people's admin
"""
