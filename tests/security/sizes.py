"""How much a proof does: little in the ordinary suite, all of it in `make security`."""

import os

IS_FULL = os.environ.get("SECURITY_SIZE") == "full"

# What is counted → (in the ordinary suite, in `make security`)
SIZES = {
    # Of the whole suite, or of a part
    "collected tests": (0, 1),
    "seeds": (12, 1000),
    "damaged files": (15, 1000),
    "double confirms": (8, 200),
    "seconds of writing": (3, 60),
    "rows beside writers": (500, 5000),
    "backups under load": (3, 50),
    "payloads": (3, 20),
    "payloads on pages of their own": (1, 4),
    "pages with payloads": (30, 10_000),
    # Of the requests of the matrix, one in so many.
    "requests of the matrix": (16, 1),
    "requests of each right alone": (16, 4),
    "roles that look": (1, 4),
    "steps of the rights machine": (60, 2000),
}


def size(what: str) -> int:
    return SIZES[what][IS_FULL]
