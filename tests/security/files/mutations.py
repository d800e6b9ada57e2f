"""Ways to damage a file; a seeded dice chooses among them."""

import io
import random
import re
import zipfile

from tests.security.files.books import DOCTYPE, OUTSIDE, unpacked

JUNK = (
    b"\0",
    b"\xff\xfe",
    b'"',
    b",",
    b"\r",
    b"\xc3",
    b"=cmd|' /C calc'!A0",
    b"\x1b[2J",
    "\u202e".encode(),
    b"&#0;",
    b"9" * 400,
)
ENDINGS = ("csv", "tsv", "xlsx", "ods", "json", "xls", "txt", "exe", "", "a" * 300)
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252", "cp932", "utf-7")


def mutate(data: bytes, name: str, dice: random.Random) -> tuple[str, bytes, str]:
    """(kind, damaged data, its name): a zip archive is taken apart for it."""
    if dice.random() < 0.05:
        return "renamed", data, f"people.{dice.choice(ENDINGS)}"
    if parts := unpacked(data):
        kind = dice.choice([*INSIDE, *XML, *XML])
        within = kind(parts, dice) if kind in INSIDE else in_xml(parts, kind, dice)
        return kind.__name__, within, name
    kind = dice.choice([*ANY, *TEXT] if len(data) < 200_000 else ANY)
    return kind.__name__, kind(data, dice), name


def part_of(data, dice):
    """Two places in the data, near each other."""
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.choice([1, 4, 60, 2000]))


# --- Any bytes -------------------------------------------------------------------


def flipped(data, dice):
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 8, 64])):
        if changed:
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut_short(data, dice):
    return data[: dice.randrange(len(data) + 1)]


def cut_out(data, dice):
    start, end = part_of(data, dice)
    return data[:start] + data[end:]


def doubled(data, dice):
    start, end = part_of(data, dice)
    return data[:end] + data[start:]


def with_junk(data, dice):
    for _ in range(dice.choice([1, 3, 20])):
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice(JUNK) + data[at:]
    return data


def zeroed(data, dice):
    start, end = part_of(data, dice)
    return data[:start] + bytes(end - start) + data[end:]


def appended(data, dice):
    return data + dice.choice([dice.randbytes(500), data, b"PK\x05\x06" + bytes(18)])


def prepended(data, dice):
    return dice.choice([dice.randbytes(8), b"\n" * 9, b"\xef\xbb\xbf", b"PK"]) + data


# --- Text ------------------------------------------------------------------------


def recoded(data, dice):
    try:
        return data.decode().encode(dice.choice(ENCODINGS), "replace")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").encode()


def other_line_ends(data, dice):
    return re.sub(rb"\r?\n", dice.choice([b"\r", b"\n\r", b"\x0b", b"\x85"]), data)


def lines_mixed(data, dice):
    lines = data.split(b"\n")
    dice.shuffle(lines)
    return b"\n".join(lines)


def signs_swapped(data, dice):
    one, other = dice.sample([b",", b'"', b";", b"\n", b"{", b"]", b":", b"@"], 2)
    return data.replace(one, other, dice.choice([1, 1, 2, 30]))


# --- Inside an archive -----------------------------------------------------------


def packed(parts, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content)
    return target.getvalue()


def part_lost(parts, dice):
    lost = dice.choice(list(parts))
    return packed({k: v for k, v in parts.items() if k != lost})


def part_renamed(parts, dice):
    chosen = dice.choice(list(parts))
    new = dice.choice([chosen.upper(), f"../{chosen}", "x" * 200, chosen[1:]])
    return packed({new if k == chosen else k: v for k, v in parts.items()})


def parts_swapped(parts, dice):
    one, other = dice.choice(list(parts)), dice.choice(list(parts))
    return packed(parts | {one: parts[other], other: parts[one]})


def part_twice(parts, dice):
    again = dice.choice(list(parts))
    content = dice.choice([parts[again], b"", b"<x/>"])
    return packed([*parts.items(), (again, content)])


def part_of_noise(parts, dice):
    return packed(parts | {dice.choice(list(parts)): dice.randbytes(3000)})


def nested(parts, dice):
    inner = packed(parts)
    return packed(dice.choice([{"a.xlsx": inner}, {**parts, "b.zip": inner}]))


def bytes_damaged(parts, dice):
    damage = dice.choice(ANY)
    return damage(packed(parts), dice)


def sizes_that_lie(parts, dice):
    """The list of parts says another size than the part has."""
    data = bytearray(packed(parts))
    start = data.rindex(b"PK\x01\x02")
    at = start + dice.choice([16, 20, 24, 42])
    data[at : at + 4] = dice.choice([bytes(4), b"\xff\xff\xff\x7f", dice.randbytes(4)])
    return bytes(data)


def checksum_that_lies(parts, dice):
    content = max(parts.values(), key=len)
    at = dice.randrange(max(1, len(content)))
    wrong = content[:at] + b"X" + content[at + 1 :]
    return packed(parts, zipfile.ZIP_STORED).replace(content, wrong, 1)


# --- The XML in an archive -------------------------------------------------------


def in_xml(parts, change, dice):
    named = [name for name in parts if re.search(r"sheet1|content\.xml", name)]
    # Most of the time where the rows are.
    chosen = dice.choice(named * 3 + list(parts)) if named else dice.choice(list(parts))
    text = parts[chosen].decode("utf-8", "replace")
    return packed(parts | {chosen: change(text, dice)})


def with_entities(text, dice):
    name = dice.choice(["&a;", "&b;", "&unknown;", "&#0;", "&#xD800;", "&#x1F600;"])
    body = text.replace("seed.person", name, dice.choice([1, 99]))
    return dice.choice([DOCTYPE, OUTSIDE, ""]) + body


def other_types(text, dice):
    kinds = ["n", "s", "b", "e", "d", "str", "zz", "", "float", "date", "boolean"]
    new, count = dice.choice(kinds), dice.choice([1, 3, 99])
    text = re.sub(r'\bt="\w+"', f't="{new}"', text, count=count)
    return re.sub(r'value-type="\w+"', f'value-type="{new}"', text, count=count)


def other_places(text, dice):
    places = ["XFD1048576", "A1", "ZZZZ9", "A0", "B2", "A-1", "", "A99999999999"]
    found = re.findall(r'\br="[A-Z]+\d+"', text) or ["<"]
    return text.replace(dice.choice(found), f'r="{dice.choice(places)}"', 1)


def other_rows(text, dice):
    number = dice.choice(["1", "0", "-1", "1048576", "1048577", "x", "9" * 30, "2.5"])
    chosen = dice.choice(re.findall(r'<row r="\d+"', text) or ["<"])
    return text.replace(chosen, f'<row r="{number}"', 1)


def repeated(text, dice):
    times = dice.choice(["0", "-5", "1048576", "9" * 20, "many", "3"])
    what = dice.choice(["table-row", "table-cell"])
    kind = "rows" if what == "table-row" else "columns"
    new = f'<table:{what} table:number-{kind}-repeated="{times}"'
    return replace_one(text, f"<table:{what}", new, dice)


def tag_lost(text, dice):
    tags = re.findall(r"</?[\w:]+[^<>]*>", text) or ["<"]
    return replace_one(text, dice.choice(tags), "", dice)


def tag_doubled(text, dice):
    tag = dice.choice(re.findall(r"</?[\w:]+[^<>]*>", text) or ["<"])
    return replace_one(text, tag, tag * dice.choice([2, 50_000]), dice)


def value_changed(text, dice):
    new = dice.choice(["\x00", "\x1b", "]]>", "<![CDATA[x", "\ufffe", "a" * 40_000])
    return replace_one(text, "seed.person", new, dice)


def document_declared(text, dice):
    heads = ['<?xml version="1.1"?>', '<?xml version="1.0" encoding="utf-7"?>', "<?x"]
    return dice.choice(heads) + text


def replace_one(text, old, new, dice):
    """One of the places, not always the first."""
    places = [found.start() for found in re.finditer(re.escape(old), text)]
    if not places:
        return text + new
    at = dice.choice(places)
    return text[:at] + new + text[at + len(old) :]


ANY = [flipped, cut_short, cut_out, doubled, with_junk, zeroed, appended, prepended]
TEXT = [recoded, other_line_ends, lines_mixed, signs_swapped]
INSIDE = [
    part_lost,
    part_renamed,
    parts_swapped,
    part_twice,
    part_of_noise,
    nested,
    bytes_damaged,
    bytes_damaged,
    bytes_damaged,
    sizes_that_lie,
    checksum_that_lies,
]
XML = [
    with_entities,
    other_types,
    other_places,
    other_rows,
    repeated,
    tag_lost,
    tag_doubled,
    value_changed,
    document_declared,
]
