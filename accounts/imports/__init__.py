"""Bringing people in, and taking them out.

The pages, one module a step:
- `pages`    choose a file
- `choosing` say what its columns are
- `progress` while the worker has it
- `reviews`  look at what it would do, mend rows, decide; `looking` and `mending`
- `results`  what came of it; `refused` the rows in error as a file
- `base`     what they share

The engine, as `portal.imports` asks for it:
- `people`   checks and commits the files of people
- `columns`, `options`: the columns of people, and what is chosen for a file
- `mapping`  from the columns of a file to those of people
- `cells`    what a cell may hold; `days` reads its dates, `readings` with the fields
- `checking` what becomes of each row; `persons` whom it is about, `rights` may it be
- `naming`   usernames by a template; `clashes` what rows have against each other
- `committing` writes them: `staging`, `drift`, `writing`
- `invited`  letters to new people
- `fixture`  Django's fixture as one more format

- `exports`  the export page; `taking_out` what it writes
- `admin`    the mixin that gives the pages to the people's admin
"""
