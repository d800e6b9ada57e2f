"""The Columns step: what a file's columns are, and what becomes of its rows."""

import io

import pytest
import xlsxwriter

from accounts.imports.options import ColumnChoice, ImportOptions
from portal.models import ImportJob, ImportRecipe
from portal.sheets import SheetFormat, write_sheet
from tests.accounts.rights import permission
from tests.import_steps import (
    choose,
    newest_job,
    options_of,
    page_of,
    text_of,
    upload,
    uploaded,
)

State = ImportJob.State
PEOPLE = "Login,Surname,E-mail address\nzoe,Ångström,zoe@example.org\n"
TWO_WAYS = "Login,Born\na.one,03/04/2001\na.two,05/06/2002\n"


@pytest.fixture(autouse=True)
def waiting_tasks(settings):
    """Nothing is checked before a worker comes."""
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }


@pytest.fixture
def office(client, importer):
    client.force_login(importer)
    return client


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["columns", "reading", "recipe"])
def test_pages_are_for_importers_alone(office, bystander, client, name):
    job = uploaded(office, PEOPLE)

    client.logout()
    assert client.post(page_of(job, name)).status_code == 302
    client.force_login(bystander)
    assert client.post(page_of(job, name)).status_code == 403


@pytest.mark.parametrize("name", ["columns", "reading", "recipe"])
def test_pages_are_for_the_owner_alone(office, root, name):
    job = uploaded(office, PEOPLE)
    office.force_login(root)

    assert office.post(page_of(job, name)).status_code == 403


@pytest.mark.parametrize("name", ["reading", "recipe"])
def test_what_changes_the_job_is_posted(office, name):
    job = uploaded(office, PEOPLE)

    assert office.get(page_of(job, name)).status_code == 405


def test_job_that_went_on_is_not_chosen_for_again(office):
    job = uploaded(office, PEOPLE)
    job.update(state=State.DONE)

    page = office.post(page_of(job), {"column_0": "username"})

    assert page.url == page_of(job, "result")
    assert newest_job().options == {}


def test_file_that_is_gone_is_told(office, settings, tmp_path):
    job = uploaded(office, PEOPLE)
    settings.IMPORT_DIR = tmp_path / "elsewhere"

    page = office.get(page_of(job))

    assert "no longer there. Upload it again." in text_of(page)


def test_file_that_cannot_be_used_is_refused_at_once(office):
    page = upload(office, b"\x89PNG\r\n\x1a\n", "people.csv")

    assert "people.csv cannot be used, and nothing of it was imported" in text_of(page)
    assert newest_job().state == State.FAILED


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"column_0": "", "column_1": "", "column_2": ""}, "No column is imported"),
        ({"column_1": "username"}, "«Login», «Surname» are all imported as username"),
        ({"match": "card_number"}, "matched by card number, and no column"),
        ({"username_template": "{first"}, "A brace stands alone"),
        ({"default_joined_on": "soon"}, "joined_on: «soon» is not a date"),
        ({"column_0": "is_staff"}, "Answer what is marked below"),
        ({"mode": "everything"}, "Answer what is marked below"),
    ],
)
def test_choice_that_cannot_be_is_refused(office, changed, message):
    job = uploaded(office, PEOPLE)

    page = choose(office, job, **changed)

    assert message in text_of(page)
    assert (job.state, job.options) == (State.UPLOADED, {})


def test_invitations_need_their_right(client, bystander):
    bystander.user_permissions.add(permission("import_user"))
    client.force_login(bystander)
    job = uploaded(client, PEOPLE)

    choose(client, job, invites="on")

    assert job.state == State.READING
    assert not options_of(job).invites


def test_date_question_must_be_answered(office):
    job = uploaded(office, TWO_WAYS)

    page = choose(office, job)

    assert "Choose one; both are possible." in text_of(page)
    assert job.state == State.UPLOADED


def test_choosing_a_date_column_raises_its_question(office):
    job = uploaded(office, "Login,When\na.one,03/04/2001\n")

    page = choose(office, job, column_1="birth_date")

    assert "03/04/2001 is 3 April 2001" in text_of(page)
    assert job.state == State.UPLOADED


# --- What is proposed ------------------------------------------------------------


def test_columns_are_proposed_with_samples(office):
    page = upload(office, PEOPLE)

    assert "Ångström" in text_of(page)
    assert "Not in the file: First name, Active, Card number" in text_of(page)
    shown = page.context["form"]
    assert [shown[f"column_{at}"].value() for at in range(3)] == [
        "username",
        "last_name",
        "email",
    ]


def test_column_that_nothing_fits_is_named(office):
    page = upload(office, "username,Shoe size\na.one,42\n")

    assert "Not imported: Shoe size." in text_of(page)


def test_column_without_a_title_is_known_by_its_letter(office):
    page = upload(office, "username,\na.one,42\n")

    assert "Column B" in text_of(page)


def test_last_choice_is_proposed_again(office):
    choose(office, uploaded(office, "Login,Rank\na.one,Adult\n"), column_1="category")

    page = upload(office, "Rank,Login\nAdult,a.one\n")

    assert page.context["form"]["column_0"].value() == "category"
    assert "As you chose last time" in text_of(page)


def test_names_without_usernames_get_a_template(office):
    page = upload(office, "First name,E-mail\nZoë,zoe@example.org\n")

    shown = page.context["form"]
    assert shown["username_template"].value() == "{first}"
    assert shown["match"].value() == "email"


def test_same_file_again_is_recognised(office, manager):
    earlier = uploaded(office, PEOPLE)
    earlier.update(state=State.DONE, finished_at=earlier.created_at)

    page = upload(office, PEOPLE)
    assert "You imported this very file on" in text_of(page)
    assert page_of(earlier, "job") in page.content.decode()
    office.force_login(manager)
    assert "importer imported this very file on" in text_of(upload(office, PEOPLE))


# --- What is chosen --------------------------------------------------------------


def test_choice_goes_to_the_check(office):
    job = uploaded(office, PEOPLE)

    page = choose(
        office,
        job,
        column_2="",
        mode="create",
        blank="keep",
        default_notes="From the school",
        username_template="{last}",
    )

    assert page.request["PATH_INFO"] == page_of(job, "progress")
    assert job.state == State.READING
    assert options_of(job) == ImportOptions(
        columns=(
            ColumnChoice("Login", "username"),
            ColumnChoice("Surname", "last_name"),
            ColumnChoice("E-mail address", ""),
        ),
        mode="create",
        blank="keep",
        defaults={"notes": "From the school"},
        username_template="{last}",
    )


def test_answer_about_dates_is_kept(office):
    job = uploaded(office, TWO_WAYS)

    choose(office, job, days_1="mdy")

    assert options_of(job).columns[1].day_order == "mdy"


def test_order_that_the_dates_prove_is_kept_unasked(office):
    job = uploaded(office, TWO_WAYS + "a.three,25/06/2002\n")

    page = office.get(page_of(job))
    choose(office, job)

    assert "Dates are read as: day, month, year." in text_of(page)
    assert options_of(job).columns[1].day_order == "dmy"


@pytest.mark.parametrize(("answer", "kept"), [("yes", (5, True)), ("no", (0, False))])
def test_answers_about_numbers_are_kept(office, answer, kept):
    job = uploaded(office, "Login,Card no.\na,12345.0\nb,54321.0\nc,123.0\n")

    choose(office, job, fractions_1=answer, zeros_1=answer)

    column = options_of(job).columns[1]
    assert (column.digits, column.drops_fraction) == kept


def test_checked_file_can_be_chosen_for_anew(office):
    job = uploaded(office, PEOPLE)
    choose(office, job)
    job.update(state=State.READY)

    choose(office, job, column_1="")

    assert job.state == State.READING
    assert options_of(job).columns[1].column == ""


def test_file_of_one_column_and_of_64(office):
    assert upload(office, "username\na.one\n").context["form"]

    titles = ",".join(["username", *(f"Extra {at}" for at in range(63))])
    page = upload(office, f"{titles}\na.one{',x' * 63}\n")
    assert "64 columns in the file" in text_of(page)


def test_discarded_file_is_gone(office):
    job = uploaded(office, PEOPLE)

    office.post(page_of(job, "cancel"))

    job.refresh_from_db()
    assert job.state == State.CANCELLED


# --- How it is read --------------------------------------------------------------


def test_reading_that_cannot_be_is_refused(office):
    job = uploaded(office, PEOPLE)

    read = {"encoding": "utf-8", "delimiter": ",", "header_row": 9}
    page = office.post(page_of(job, "reading"), read, follow=True)

    job.refresh_from_db()
    assert "This row was chosen to name the columns" in text_of(page)
    assert job.reading == {}


def test_header_row_can_be_corrected(office):
    job = uploaded(office, "People,of,2024\nLogin,Surname,Mail\nzoe,Å,z@example.org\n")
    sheet = office.get(page_of(job)).context["sheet"]
    read = {"encoding": sheet.encoding, "delimiter": sheet.delimiter}

    page = office.post(page_of(job, "reading"), read | {"header_row": 2}, follow=True)

    job.refresh_from_db()
    assert job.reading == {"header_row": 2}
    assert page.context["sheet"].columns == ["Login", "Surname", "Mail"]


def test_columns_are_proposed_anew_when_they_are_others(office):
    job = uploaded(office, "Mail,Surname\nLogin,Born\nzoe,Berg\n")
    choose(office, job, save_recipe="", recipe_name="School", match="email")
    read = {"encoding": "utf-8", "delimiter": ",", "header_row": 2}

    page = office.post(page_of(job, "reading"), read, follow=True)

    assert page.context["form"]["column_0"].value() == "username"


def test_other_worksheet_has_its_own_header_row(office):
    job = uploaded(office, two_worksheets(), "people.xlsx")
    office.post(page_of(job, "reading"), {"worksheet": "Old", "header_row": 2})

    data = {"worksheet": "New", "header_row": 2}
    page = office.post(page_of(job, "reading"), data, follow=True)

    assert page.context["sheet"].worksheet == "New"
    assert page.context["sheet"].columns == ["Login", "Surname"]


def two_worksheets():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        old, new = book.add_worksheet("Old"), book.add_worksheet("New")
        for at, row in enumerate([["Of", "2023"], ["Login", "Mail"], ["a", "b"]]):
            old.write_row(at, 0, row)
        for at, row in enumerate([["Login", "Surname"], ["a", "b"], ["c", "d"]]):
            new.write_row(at, 0, row)
    return file.getvalue()


def test_delimiter_and_encoding_can_be_corrected(office):
    job = uploaded(office, "Login;Surname\nzoe;Ångström\n".encode("cp1252"))
    read = {"encoding": "mac-roman", "delimiter": ",", "header_row": 1}

    page = office.post(page_of(job, "reading"), read, follow=True)

    assert page.context["sheet"].columns == ["Login;Surname"]
    assert page.context["sheet"].encoding == "mac-roman"


def test_workbook_has_no_delimiter_to_correct(office):
    data = write_sheet(SheetFormat.XLSX, ["username"], [["zoe"]])
    page = upload(office, data, "people.xlsx")

    assert list(page.context["reading_form"].fields) == ["header_row"]


# --- Recipes ---------------------------------------------------------------------


def recipe(owner, name="School", **kwargs):
    options = ImportOptions(
        (ColumnChoice("Surname", "first_name"), ColumnChoice("Class", "notes")),
        mode="create",
        username_template="{first}",
    )
    return ImportRecipe.objects.create(
        target="accounts.user",
        name=name,
        owner=owner,
        options=options.to_json(),
        **kwargs,
    )


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 30, "٣"])
def test_recipe_that_is_not_there_is_refused(office, sent):
    job = uploaded(office, PEOPLE)

    page = office.post(page_of(job, "recipe"), {"recipe": sent}, follow=True)

    assert "Choose one of the recipes." in text_of(page)


def test_recipe_of_somebody_else_is_only_used_when_shared(office, root):
    job = uploaded(office, PEOPLE)
    own, shared = recipe(root, "Own"), recipe(root, "Shared", is_shared=True)

    offered = office.get(page_of(job)).context["recipe_form"].fields["recipe"]
    assert list(offered.queryset) == [shared]
    office.post(page_of(job, "recipe"), {"recipe": own.pk})
    job.refresh_from_db()
    assert job.options == {}


def test_recipe_is_applied_by_the_titles(office, importer):
    job = uploaded(office, PEOPLE)
    data = {"recipe": recipe(importer).pk}

    page = office.post(page_of(job, "recipe"), data, follow=True)

    job.refresh_from_db()
    assert "«School» is applied" in text_of(page)
    assert options_of(job).chosen == ["username", "first_name", "email"]
    assert options_of(job).mode == "create"


def test_recipe_needs_a_name(office):
    job = uploaded(office, PEOPLE)

    page = choose(office, job, save_recipe="")

    assert "Give the recipe a name." in text_of(page)


def test_recipe_of_somebody_else_is_not_replaced(office, root):
    theirs = recipe(root)
    job = uploaded(office, PEOPLE)

    choose(office, job, save_recipe="", recipe_name="School")

    theirs.refresh_from_db()
    assert ImportRecipe.objects.count() == 1
    assert len(theirs.options["columns"]) == 2


def test_recipe_is_saved_and_replaced(office, importer):
    job = uploaded(office, PEOPLE)

    choose(office, job, save_recipe="", recipe_name=" School ", recipe_is_shared="on")
    choose(office, job, save_recipe="", recipe_name="School", column_1="")

    saved = ImportRecipe.objects.get()
    assert (saved.name, saved.owner, saved.is_shared) == ("School", importer, False)
    assert ImportOptions.from_json(saved.options).chosen == ["username", "email"]
    assert job.state == State.UPLOADED
