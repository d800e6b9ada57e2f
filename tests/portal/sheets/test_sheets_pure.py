"""The package can be used where there is no Django: in a worker, in a script."""

import subprocess
import sys

WITHOUT_DJANGO = """
import sys
sys.modules["django"] = sys.modules["import_export"] = None
from portal.sheets import SheetFormat, write_sheet
from tests.sheets import read_sheet
for each in SheetFormat:
    data = write_sheet(each, ["a"], [["x"]])
    print(read_sheet(data, f"a.{each.value}").rows[0].cells[0])
"""


def test_package_needs_no_django():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.split(), done.stderr) == (["x"] * 5, "")
