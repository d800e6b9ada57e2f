"""The demo data set: a small library with some months behind it.

- `names`      names in many scripts
- `people`     who there is, made from a seed and today's date
- `edits`      what staff changed about them since
- `library`    what stands in the database, and how it gets there
- `desk`       what staff do every day
- `files`      what came by import
- `incidents`  what happened once
- `audits`     what was reviewed, and what still waits
- `lists`      long lists of others, to try imports with
- `months`     when each of it happens, and the writing
"""
