"""Imports from a command line: the steps of the pages, in one process.

- `arguments` what can be said
- `wishes`    options for a file, from what was said
- `steps`     open, check, commit, with a bar
- `telling`   what came of it, for people and for machines
- `undoing`   an import taken back
"""
