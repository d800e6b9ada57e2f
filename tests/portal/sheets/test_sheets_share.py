"""How far into its file somebody is who reads rows."""

import pytest

from portal.sheets import WRITABLE, open_sheet, write_sheet


@pytest.mark.parametrize("each", WRITABLE)
def test_share_grows_with_the_rows_and_ends_at_one(tmp_path, each):
    path = tmp_path / "people"
    rows = ([f"person {n}", f"note {n} " * 20] for n in range(20_000))
    path.write_bytes(write_sheet(each, ["name", "note"], rows))

    with open_sheet(path, "people") as sheet:
        shares = [sheet.share_read for _row in sheet.rows()]

    assert shares == sorted(shares)
    assert 0.3 < shares[10_000] < 0.7
    assert shares[-1] == 1.0
