"""The one table that every seed holds in its own way."""

COLUMNS = ("username", "email", "first_name", "last_name", "birth_date", "notes")
# Each value occurs once in the table, so that one in the wrong row shows.
ROWS = [
    (
        f"seed.person{n:02}",
        f"seed.person{n:02}@example.org",
        f"Ána{n:02}",
        f"Bergström{n:02}",
        f"19{60 + n}-0{1 + n % 9}-1{n % 9}",
        note,
    )
    for n, note in enumerate(
        [
            "Plain words 00",
            'Quotes "01" and, commas; and more',
            "Two lines\nof note 02",
            "שלום 03",
            "Tab\there 04",
            "'apostrophe 05",
            "📚 book 06",
            "07 <b>bold</b> & more",
            "08|pipe",
            "Straße 09",
            "Long " + "x" * 900 + " 10",
            "Last note 11",
        ]
    )
]
TABLE = [COLUMNS, *ROWS]
# For encodings and formats that know fewer letters.
PLAIN_ROWS = [
    tuple(cell.encode("cp1252", "ignore").decode("cp1252") for cell in row)
    for row in ROWS
]
PLAIN = [COLUMNS, *PLAIN_ROWS]
