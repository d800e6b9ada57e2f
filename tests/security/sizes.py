"""How much a proof does: little in the ordinary suite, all of it in `make security`."""

import os

IS_FULL = os.environ.get("SECURITY_SIZE") == "full"

# What is counted → (in the ordinary suite, in `make security`)
SIZES: dict[str, tuple[int, int]] = {}


def size(what: str) -> int:
    return SIZES[what][IS_FULL]
