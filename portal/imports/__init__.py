"""Imports: one file on its way in, from the upload to its undoing.

- `kinds`    what can be imported: a kind checks and commits the rows of its files
- `jobs`     what people do with a job: open it, have it checked, committed, cancelled
- `work`     the worker's task that carries the job one step further
- `lease`    one worker's hold on a job, and what it may write while it has it
- `watch`    jobs whose worker died are taken up again; old files and rows go
- `undoing` what the revert of an import does to its job
- `rows`     import rows, written many at once
- `storage`  the uploaded files
- `review`   what a fixture would do, row by row
"""
