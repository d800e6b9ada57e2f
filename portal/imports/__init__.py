"""Imports, whatever is imported: look first, then act, once.

- `review`   what a file would do, row by row
- `storage`  the uploaded files, kept until their import is committed or abandoned
- `jobs`     one file on its way in: opened, committed, discarded, expired
"""
