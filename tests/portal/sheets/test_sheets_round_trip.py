"""What was written is what is read, and no damage leads to anything but a refusal."""

import random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from portal.sheets import (
    Reading,
    SheetError,
    SheetFormat,
    open_sheet,
    write_sheet,
)
from tests.portal.sheets.hostile import (
    WRITTEN,
    make_zip,
    ods_parts,
    ods_row,
    xlsx_parts,
    xlsx_row,
)
from tests.sheets import read_sheet

# NUL and U+FFFD are refused by the reader in every format.
CHARACTERS = st.characters(
    exclude_categories=["Cs"], exclude_characters="\0\ufffd"
) | st.sampled_from("'=+-@\t\r\n\"  ,;|_x<>&＝＋－＠")
# XML holds neither most control characters nor U+FFFE and U+FFFF; xlsx has a way of
# its own to write the former.
NOT_IN_XLSX = set("\ufffe\uffff")
NOT_IN_ODS = NOT_IN_XLSX | (set(map(chr, range(32))) - set("\t\n\r"))
ROWS = st.lists(
    st.lists(st.text(CHARACTERS, max_size=12), min_size=3, max_size=3).filter(any),
    min_size=1,
    max_size=4,
)
MUTATIONS = 300
CONTENT = {
    SheetFormat.XLSX: xlsx_row(1, "a", "b") + xlsx_row(2, "x", "y") * 3,
    SheetFormat.ODS: ods_row("a", "b") + ods_row("x", "y", repeated=3),
}


def texts_of(data, each):
    return [row.cells for row in read_sheet(data, f"people.{each.value}").rows]


def without(rows, characters):
    table = dict.fromkeys(map(ord, characters), "")
    return [[text.translate(table) for text in row] for row in rows]


@pytest.mark.parametrize(
    ("each", "excluded"),
    [
        (SheetFormat.CSV, set()),
        (SheetFormat.TSV, set()),
        (SheetFormat.JSON, set()),
        (SheetFormat.XLSX, NOT_IN_XLSX),
        (SheetFormat.ODS, NOT_IN_ODS),
    ],
)
@given(rows=ROWS)
@example(rows=[["=1", "'=1", "''=1"], ["'", "''", "'a"]])
@example(rows=[["\r", "\n", "\r\n"], ["\t", " ", "  "]])
@example(rows=[[" a ", "\na\n", "a \t b  c"], ["\ta", "a\r\nb", "a\n\n\nb"]])
@example(rows=[["_x0041_", "_x005F_x0041_", "_x005F_x005F_x0041_"]])
@example(rows=[["<r>a</r>", "&#13;", "<text:s/>"], ["]]>", "<![CDATA[x]]>", "&amp;"]])
@example(rows=[["a;b", "a,b", "a\tb"], ['"', '""', 'a"b']])
@example(rows=[["007", "1.0", "1e5"], ["true", "2024-03-05", "#N/A"]])
@example(
    rows=[["\ufeff", "\ufeffa", "\u2028\x85\x1c"], ["\U0001f600", "e\u0301", "\u202ea"]]
)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_texts_survive_writing_and_reading(each, excluded, rows):
    rows = [row for row in without(rows, excluded) if any(row)]
    assume(rows)

    data = write_sheet(each, ["first", "second", "third"], rows)

    assert texts_of(data, each) == rows


@pytest.mark.parametrize("each", [SheetFormat.CSV, SheetFormat.TSV])
@given(texts=st.lists(st.text(CHARACTERS, min_size=1, max_size=12), min_size=1))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_one_column_survives_writing_and_reading(each, texts, tmp_path_factory):
    """Nothing in it tells the delimiter, so it must be chosen."""
    path = tmp_path_factory.mktemp("sheets") / "people"
    path.write_bytes(write_sheet(each, ["only"], [[text] for text in texts]))

    with open_sheet(path, "a", reading=Reading(delimiter=each.delimiter)) as sheet:
        assert [row.cells for row in sheet.rows()] == [[text] for text in texts]


@pytest.mark.parametrize("each", WRITTEN)
@given(data=st.binary(max_size=200) | st.text(max_size=60).map(str.encode))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_arbitrary_bytes_are_read_or_refused(each, data):
    refuse_or_read(data, each)


def mutate(data, rng):
    """Flip bytes, cut, double or drop a piece: one to four times."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(changed) or 1)
        size = rng.choice([1, 2, 16, 200])
        match rng.randrange(5):
            case 0 | 1:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 2:
                del changed[at:]
            case 3:
                changed[at:at] = changed[at : at + size]
            case 4:
                del changed[at : at + size]
    return bytes(changed)


def refuse_or_read(data, each):
    try:
        read_sheet(data, f"people.{each.value}")
    except SheetError as error:
        assert str(error).startswith(f"people.{each.value}")


@pytest.mark.parametrize("each", WRITTEN)
def test_damaged_file_is_read_or_refused(each):
    rng = random.Random(2024)
    rows = [[f"name {n}", "Zürich", '"a", =b\n'] for n in range(20)]
    data = write_sheet(each, ["first", "second", "third"], rows)

    for _ in range(MUTATIONS):
        refuse_or_read(mutate(data, rng), each)


@pytest.mark.parametrize("each", [SheetFormat.XLSX, SheetFormat.ODS])
def test_damaged_part_is_read_or_refused(each):
    """Damage with right checksums, as someone who means harm would do it."""
    rng = random.Random(2025)
    build = xlsx_parts if each is SheetFormat.XLSX else ods_parts
    parts = build(CONTENT[each])

    for _ in range(MUTATIONS):
        name = rng.choice(list(parts))
        changed = mutate(parts[name].encode(), rng)
        refuse_or_read(make_zip(parts | {name: changed}), each)
