"""Who may be one person under two spellings: the same words in the name, born alike."""

import re
import unicodedata
from collections.abc import Mapping

_WORDS = re.compile(r"[^\W\d_]+")
# As people write them where the sign is missing.
_SPELT_OUT = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "ø": "o", "æ": "ae"}
)
_DOUBLED = re.compile(r"([aou])e")


def likeness(texts: Mapping[str, str]) -> str:
    """The same text for «Anna Müller» and «MUELLER, Anna» of one day; "" unknown.

    Without a day of birth, too many people have one name.
    """
    born = texts.get("birth_date", "")
    if not born:
        return ""
    name = f"{texts.get('first_name', '')} {texts.get('last_name', '')}"
    folded = name.lower() if name.isascii() else _plain(name)
    words = sorted(_WORDS.findall(_DOUBLED.sub(r"\1", folded)))
    return f"{' '.join(words)} {born}"[:255] if words else ""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_SPELT_OUT))
    return "".join(each for each in letters if not unicodedata.combining(each))
