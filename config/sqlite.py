"""How SQLite is opened.

Many staff write at once: readers never wait for the writer (WAL), a writer waits for
its turn from the start of its transaction (IMMEDIATE) instead of failing in the middle,
and what was committed survives a power cut (FULL).
"""

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
        "PRAGMA journal_size_limit=67108864;"
    ),
}
