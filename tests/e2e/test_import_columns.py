"""A file dropped on the page, its columns chosen, a date asked about."""

import pytest
from playwright.sync_api import expect

from accounts.imports.options import ImportOptions
from portal.models import ImportJob

PEOPLE = """Login,Surname,Born,Shoe size
zoe,Ångström,03/04/2001,42
li,王,05/06/2002,36
"""
DROP = """([box, text]) => {
    const files = new DataTransfer();
    files.items.add(new File([text], "people.csv", {type: "text/csv"}));
    for (const name of ["dragover", "drop"]) {
        box.dispatchEvent(new DragEvent(name, {
            bubbles: true, cancelable: true, dataTransfer: files,
        }));
    }
}"""


@pytest.fixture(autouse=True)
def waiting_tasks(settings):
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }


def test_dropped_file_has_its_columns_chosen(page, visit, sign_in, importer):
    sign_in(importer)
    visit("accounts_user_import")
    page.evaluate(DROP, [page.locator("h2").first.element_handle(), PEOPLE])
    page.get_by_role("button", name="Upload").click()

    # What fits is chosen; what does not is named.
    expect(page.get_by_label("«Surname» is imported as")).to_have_value("last_name")
    expect(page.get_by_text("Not imported: Shoe size.")).to_be_visible()

    # The browser lets nobody past the question.
    page.get_by_role("button", name="Check").click()
    job = ImportJob.objects.get()
    assert job.state == ImportJob.State.UPLOADED

    page.get_by_label("The day: 03/04/2001 is 3 April 2001").check()
    page.get_by_label("«Shoe size» is imported as").select_option("notes")
    page.get_by_text("Save as a recipe").click()
    page.get_by_label("Name of the recipe").fill("School")
    page.get_by_role("button", name="Save the recipe").click()
    expect(page.get_by_text("The recipe «School» is saved.")).to_be_visible()

    job.refresh_from_db()
    options = ImportOptions.from_json(job.options)
    assert options.chosen == ["username", "last_name", "birth_date", "notes"]
    assert options.columns[2].day_order == "dmy"
