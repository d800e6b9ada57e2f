"""Exports: one file on its way out, from the order to the download.

- `kinds`    what can be exported: a kind writes the rows of its files
- `jobs`     what people do with a job: order it, start it again, cancel it
- `work`     the worker's task that makes the file
- `lease`    one worker's hold on a job
- `watch`    jobs whose worker died are taken up again; old files go
- `storage`  the files, and the keys of what they are to hold
"""
