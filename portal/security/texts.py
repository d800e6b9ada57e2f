"""Foreign text that is to stand on one line of a log or a page."""


def one_line(text: object, limit: int) -> str:
    """Without anything that could begin a line, hide or turn around what follows.

    Line breaks, control characters and the marks that reverse the writing go; so a
    name cannot forge a second line of a log, and no terminal obeys it.
    """
    # More than is kept need not be looked at; a browser may send much.
    some = str(text)[: limit * 2]
    shown = "".join(c if c.isprintable() else " " for c in some)
    return " ".join(shown.split())[:limit]
