"""Seeds in plain text: csv, tsv, json, and what only looks like one of them."""

import csv
import io
import json
from collections.abc import Iterator

from tests.security.files.people import COLUMNS, PLAIN, ROWS, TABLE

Seed = tuple[str, bytes]


def table(rows, encoding="utf-8", lineterminator="\r\n", **options) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=lineterminator, **options).writerows(rows)
    return text.getvalue().encode(encoding)


def good_tables() -> Iterator[Seed]:
    yield "comma.csv", table(TABLE)
    yield "semicolon.csv", table(TABLE, delimiter=";")
    yield "tab.tsv", table(TABLE, delimiter="\t")
    yield "pipe.csv", table(TABLE, delimiter="|")
    yield "tab.txt", table(TABLE, delimiter="\t", lineterminator="\n")
    yield "all-quoted.csv", table(TABLE, quoting=csv.QUOTE_ALL)
    yield "line-feeds.csv", table(TABLE, lineterminator="\n")
    yield "carriage-returns.csv", table(TABLE[:3], lineterminator="\r")
    yield "marked.csv", table(TABLE, "utf-8-sig")
    yield "utf16.csv", table(TABLE, "utf-16")
    yield "utf16-unmarked.csv", table(TABLE, "utf-16-le", delimiter=";")
    yield "utf16-big.tsv", b"\xfe\xff" + table(TABLE, "utf-16-be", delimiter="\t")
    yield "utf32.csv", table(TABLE, "utf-32")
    yield "windows.csv", table(PLAIN, "cp1252", delimiter=";")
    yield "no-last-line-end.csv", table(TABLE).rstrip(b"\r\n")
    yield "blank-lines.csv", table(TABLE).replace(b"\r\nseed", b"\r\n\r\nseed")
    yield "one-column.csv", table([row[:1] for row in TABLE])
    yield "titles-of-people.csv", table([("Login", "E-mail", "First name"), *rows3()])
    yield "wide.csv", table([[*row, *["more"] * 40] for row in TABLE])
    yield "shuffled.csv", table([row[::-1] for row in TABLE])


def rows3():
    return [row[:3] for row in ROWS]


def good_lists() -> Iterator[Seed]:
    people = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    yield "list.json", json.dumps(people).encode()
    yield "letters.json", json.dumps(people, ensure_ascii=False).encode()
    yield "indented.json", json.dumps(people, indent=2).encode("utf-8-sig")
    yield "utf16.json", json.dumps(people, ensure_ascii=False).encode("utf-16")
    yield "few-keys.json", json.dumps([{"username": r[0]} for r in ROWS]).encode()
    nulls = [{**each, "phone": None} for each in people]
    yield "nulls.json", json.dumps(nulls).encode()


def wrong_texts() -> Iterator[Seed]:
    plain = table(TABLE)
    yield "empty.csv", b""
    yield "mark-alone.csv", b"\xef\xbb\xbf"
    yield "blank.csv", b" \r\n\r\n\t\r\n"
    yield "header-alone.csv", table(TABLE[:1])
    yield "no-header.csv", table(ROWS)
    yield "open-quote.csv", plain.replace(b"Plain words", b'"Plain words', 1)
    yield "open-quote-at-the-end.csv", plain + b'"seed.person99'
    yield "short-rows.csv", plain.replace(b",Last note 11", b"")
    yield "long-rows.csv", plain.replace(b"Plain", b"x,y,z,Plain")
    yield "twice-a-title.csv", plain.replace(b"first_name", b"email", 1)
    yield "zeros.csv", plain.replace(b"person03", b"per\0son03")
    yield "zeros-alone.csv", b"\0" * 4096
    yield "mixed-encodings.csv", plain + table(PLAIN[1:], "cp1252")
    yield "half-a-character.csv", plain + b"seed.x\xc3,\xe2\x82\n"
    yield "thousand-columns.csv", table([["c"] * 1000, ["v"] * 1000])
    yield "one-long-line.csv", b"username," + b"x" * 3_000_000
    yield "quotes-alone.csv", b'"' * 200_000
    yield "delimiters-alone.csv", b",;|\t" * 50_000
    yield "digits.csv", b"username,birth_date\nseed.digits," + b"9" * 100_000
    yield "deep.json", b'[{"username":' + b"[" * 100_000
    yield "deep-lists.json", b"[" * 200_000
    yield "number.json", b'[{"username": 1' + b"0" * 100_000 + b"}]"
    yield "not-numbers.json", b'[{"username": NaN}, {"username": -Infinity}]'
    yield "twice-a-key.json", b'[{"username": "a.one", "username": "a.two"}]'
    yield "half-a-pair.json", b'[{"username": "a\\ud800b"}]'
    yield "nested.json", b'[{"username": {"a": [1]}, "email": ["x"]}]'
    yield "no-list.json", b'{"username": "a.one"}'
    yield "texts.json", b'["a.one", "a.two"]'
    yield "fixture.json", FIXTURE
    yield "lines.json", b'{"username": "a.one"}\n{"username": "a.two"}\n'
    yield "page.xls", b"<html><table><tr><td>username</td></tr></table></html>"
    yield "sheet2003.xml", b'<?xml version="1.0"?><Workbook><Worksheet/></Workbook>'


FIXTURE = json.dumps(
    [
        {
            "model": "accounts.user",
            "pk": 1,
            "fields": {"username": "seed.root", "is_superuser": True, "password": "x"},
        }
    ]
).encode()
