"""From the columns of a file to those of the people's table.

- `matching`   proposes what each column of the file is; `synonyms` is its word list
- `questions`  what only the importer knows: the order of dates, zeros that were lost
- `reading`    turns a cell as it stands into what the cell's widget reads
- `templates`  usernames made from names
- `problems`   what speaks against a choice of options
"""
