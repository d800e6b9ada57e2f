"""The Columns step: what a file's columns are, and what becomes of its rows.

- `sample`        the first rows of a job's file
- `proposing`     options that fit a file, or those that were chosen before
- `recipes`       options with a name
- `reading_form`  how the file is read, where that was found out wrongly
- `column_fields` the form's fields for each column of the file, and the questions
- `columns_form`  all that is chosen for the file
- `pages`         the page, and what it sends
"""
