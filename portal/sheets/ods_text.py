"""How a text stands inside a cell of an OpenDocument spreadsheet.

Lines are paragraphs. A tab, a line break and all spaces but a single one between
words are elements, because runs of white space in the XML mean one space.
"""

import re
from xml.sax.saxutils import escape  # nosec B406: writes, parses nothing

# Stand for elements until the white space around them has been dealt with; none of
# these characters can occur in XML.
SPACE, TAB, LINE_BREAK, PARAGRAPH = "\x01", "\x02", "\x03", "\x04"
_MEANING = str.maketrans({SPACE: " ", TAB: "\t", LINE_BREAK: "\n"})
_RUN = re.compile("[ \t\n]+")
_KEPT_SPACES = re.compile("^ +| {2,}| +$")


def paragraph_text(raw: str) -> str:
    if raw.isprintable() and "  " not in raw:
        return raw.strip(" ")
    return _RUN.sub(" ", raw).strip(" ").translate(_MEANING)


def paragraphs_xml(text: str) -> str:
    """A carriage return stays one: as a reference, XML parsers leave it alone."""
    return "".join(f"<text:p>{_line_xml(line)}</text:p>" for line in text.split("\n"))


def _line_xml(line: str) -> str:
    xml = escape(line, {"\r": "&#13;", "\t": "<text:tab/>"})
    return _KEPT_SPACES.sub(lambda run: f'<text:s text:c="{len(run[0])}"/>', xml)
