"""What the database itself holds to, and what people are told before it must."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from readers.models import Branch, Category, Reader

pytestmark = pytest.mark.django_db

JOINED = date(2026, 1, 15)


@pytest.fixture
def reader(reader_user):
    reader = reader_user.reader
    reader.joined_on = JOINED
    reader.save()
    return reader


def problems_of(instance):
    with pytest.raises(ValidationError) as raised:
        instance.full_clean()
    return {name: " ".join(each) for name, each in raised.value.message_dict.items()}


# --- The database refuses, whatever the path -------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_on": date(2026, 1, 14)},
        {"birth_date": date(2026, 1, 16)},
        {"joined_on": None},
        {"user": None},
        {"category_id": 999_999},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_wrong_values_are_refused_by_update(reader, wrong):
    # Foreign keys are looked at when the transaction ends.
    with pytest.raises(IntegrityError), transaction.atomic():
        Reader.objects.filter(pk=reader.pk).update(**wrong)
        check_foreign_keys()


def check_foreign_keys():
    connection = transaction.get_connection()
    connection.check_constraints()


def test_taken_card_number_is_refused_by_update_and_bulk(reader):
    other = User.objects.create(username="ben")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reader.objects.filter(user=other).update(card_number=reader.card_number)
    other.reader.card_number = reader.card_number
    with pytest.raises(IntegrityError), transaction.atomic():
        Reader.objects.bulk_update([other.reader], ["card_number"])


def test_many_blank_card_numbers_do_not_clash(reader):
    User.objects.create(username="ben")

    assert Reader.objects.update(card_number="") == 2


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_loan_period_out_of_range_is_refused(days, category):
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.update(loan_period=days)


@pytest.mark.parametrize("name", ["adult", "ADULT"])
def test_category_in_another_case_is_refused(category, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.create(name=name)


def test_category_of_another_script_in_another_case_is_refused():
    Category.objects.create(name="Ясли")
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.bulk_create([Category(name="ЯСЛИ")])


@pytest.mark.parametrize("code", ["MAIN", "main", " Main "])
def test_branch_code_twice_or_blank_is_refused(branch, code):
    with pytest.raises(IntegrityError), transaction.atomic():
        Branch.objects.create(code=code, name="Second")
    with pytest.raises(IntegrityError), transaction.atomic():
        Branch.objects.update(code="")


@pytest.mark.parametrize("table", ["branch", "category"])
def test_table_in_use_is_not_deleted(reader, table, request):
    row = request.getfixturevalue(table)
    Reader.objects.update(**{table: row})

    with pytest.raises(models.ProtectedError):
        row.delete()


def test_deleting_the_user_deletes_the_reader(reader):
    reader.user.delete()

    assert not Reader.objects.exists()


# --- People are told -------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("birth_date", date(1879, 12, 31), "before 1880"),
        ("birth_date", timezone.localdate(), "must be in the past"),
        ("birth_date", timezone.localdate() + timedelta(1), "must be in the past"),
        ("birth_date", JOINED + timedelta(1), "after the date of joining"),
        ("expires_on", JOINED - timedelta(1), "before the date of joining"),
        ("card_number", "RR123456780", "looks mistyped"),
        ("card_number", "no card", "letters A to Z"),
        ("card_number", "X" * 33, "at most 32"),
        ("phone", "12", "phone number"),
        ("phone", "030 901820", "phone number"),
        ("notes", "a\0b", "Null characters"),
        ("card_number", "A\0B", "Null characters"),
        ("notes", "x" * 5001, "at most 5000"),
    ],
)
def test_problem_is_told_at_its_field(reader, field, value, message):
    setattr(reader, field, value)

    assert message in problems_of(reader)[field]


def test_card_of_somebody_else_is_told_without_their_name(reader):
    other = User.objects.create(username="ben").reader
    other.card_number = reader.card_number

    # Whose it is only a page may tell, which knows who reads it.
    assert (
        problems_of(other)["card_number"] == "This card number is somebody's already."
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birth_date", JOINED),
        ("birth_date", date(1880, 1, 1)),
        ("expires_on", JOINED),
        ("expires_on", None),
        ("birth_date", None),
    ],
)
def test_edge_is_accepted(reader, field, value):
    setattr(reader, field, value)
    reader.full_clean()
    reader.save()

    assert getattr(Reader.objects.get(), field) == value


# --- One normal form -------------------------------------------------------------


@pytest.mark.parametrize("typed", ["+49 30 901820", "+49 (0)30 901820", "+4930901820"])
def test_phone_is_stored_in_e164(reader, typed):
    reader.phone = typed
    reader.full_clean()
    reader.save()

    assert Reader.objects.filter(phone="+4930901820").exists()
    stored = Reader.objects.extra(select={"raw": "phone"}).values_list("raw", flat=True)
    assert list(stored) == ["+4930901820"]


def test_text_is_stored_in_nfc_by_save_and_bulk(reader):
    reader.notes = "  Zoe\u0308\r\nnew line  "
    reader.save()
    assert Reader.objects.get().notes == "Zoë\nnew line"

    reader.notes = "Zoe\u0308"
    Reader.objects.bulk_update([reader], ["notes"])
    assert Reader.objects.get().notes == "Zoë"


def test_branch_and_category_names_are_one_clean_line():
    Branch.objects.bulk_create(
        [Branch(code=" zu\u0308-1 ", name=" Zu\u0308rich \n West")]
    )
    branch = Branch.objects.get()

    assert (branch.code, branch.name) == ("ZÜ-1", "Zürich West")


def test_new_reader_joined_today(reader_user):
    assert reader_user.reader.joined_on == timezone.localdate()
