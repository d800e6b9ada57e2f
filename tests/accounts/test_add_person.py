"""The add page: one form makes the User and its Reader, or nothing at all."""

import pytest
from django.urls import reverse, reverse_lazy

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Reader

ADD = reverse_lazy("admin:accounts_user_add")


def filled(**changed):
    """What the add form posts, with the inline filled."""
    return {
        "first_name": "Anna",
        "last_name": "Berg",
        "username": "anna.berg",
        "email": "anna@example.org",
        "access": "invitation",
        "reader-TOTAL_FORMS": "1",
        "reader-INITIAL_FORMS": "0",
        "reader-MIN_NUM_FORMS": "0",
        "reader-MAX_NUM_FORMS": "1",
        "reader-0-card_number": "LIB-77",
        "reader-0-phone": "+49 30 901820",
        "reader-0-joined_on": "2026-01-15",
        "reader-0-notes": "Large print",
    } | changed


def blank_inline(**changed):
    return {
        name: "" if name.startswith("reader-0-") else value
        for name, value in filled(**changed).items()
    } | {"reader-0-joined_on": "2026-01-15"}


@pytest.fixture
def post(client, front_desk):
    client.force_login(front_desk)
    return lambda data: client.post(ADD, data)


def errors_of(response):
    formset = response.context["inline_admin_formsets"][0].formset
    return dict(response.context["adminform"].form.errors) | dict(formset.errors[0])


@pytest.mark.parametrize("who", ["outsider", "bystander", "auditor"])
def test_add_is_refused_without_the_right(request, client, who):
    client.force_login(request.getfixturevalue(who))
    count = User.objects.count()

    response = client.post(ADD, filled())

    assert response.status_code in (302, 403)
    assert User.objects.count() == count


@pytest.mark.django_db
def test_anonymous_is_sent_to_the_login(client):
    response = client.get(ADD)
    assert response.status_code == 302
    assert reverse("admin:login") in response["Location"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("reader-0-phone", "12", "phone"),
        ("reader-0-birth_date", "2999-01-01", "in the past"),
        ("reader-0-birth_date", "2026-02-01", "after the date of joining"),
        ("reader-0-expires_on", "2020-01-01", "before the date of joining"),
        ("reader-0-card_number", "RR123456780", "mistyped"),
        ("reader-0-card_number", "a card!", "letters A to Z"),
        ("email", "nobody", "valid email"),
        ("email", "", "needs an e-mail"),
        ("username", "no spaces", "valid username"),
    ],
)
def test_bad_value_creates_nothing_and_loses_nothing(post, field, value, message):
    count = User.objects.count()

    response = post(filled(**{field: value}))

    assert response.status_code == 200
    assert message in str(errors_of(response)[field.removeprefix("reader-0-")])
    assert (User.objects.count(), Reader.objects.count()) == (count, count)
    page = response.content.decode()
    assert "Large print" in page and "Berg" in page


def test_card_number_of_somebody_else_is_refused_by_name(post, reader_user):
    reader_user.reader.card_number = "LIB-77"
    reader_user.reader.save()

    response = post(filled(username="other", email="other@example.org"))

    assert "Anna Berg" in str(errors_of(response)["card_number"])
    assert not User.objects.filter(username="other").exists()


@pytest.mark.parametrize(
    ("field", "value"), [("username", "ANNA.BERG"), ("email", "Anna@Example.org")]
)
def test_twin_in_another_case_is_refused(post, reader_user, field, value):
    response = post(filled(**{"username": "x", "email": "x@example.org", field: value}))

    assert "Anna Berg" in str(errors_of(response)[field])


def test_filled_inline_makes_the_reader_once(post, front_desk):
    response = post(filled())

    assert response.status_code == 302
    user = User.objects.get(username="anna.berg")
    assert Reader.objects.filter(user=user).count() == 1
    assert (user.reader.card_number, user.reader.notes) == ("LIB-77", "Large print")
    assert str(user.reader.phone.as_e164) == "+4930901820"
    assert not user.has_usable_password()
    assert user.history.count() == user.reader.history.count() == 1
    change_set = user.history.get().change_set
    assert change_set == user.reader.history.get().change_set
    assert (change_set.kind, change_set.actor_id) == ("form", front_desk.pk)


def test_blank_inline_makes_the_reader_with_a_card(post):
    post(blank_inline())

    reader = Reader.objects.get(user__username="anna.berg")
    assert reader.card_number.startswith("RR")
    assert reader.history.count() == 1


def test_blank_username_is_made_from_the_name(post, reader_user):
    post(filled(username="", email="second@example.org"))

    assert User.objects.get(email="second@example.org").username == "anna.berg2"


def test_reason_is_kept_with_the_change(post):
    post(filled(change_reason="Moved here"))

    made = ChangeSet.objects.first()
    assert (made.reason, made.created_count) == ("Moved here", 2)


def test_staff_fields_are_ignored_from_whoever_may_not_set_them(post):
    post(filled(is_staff="on", is_superuser="on", groups="4"))

    user = User.objects.get(username="anna.berg")
    assert not user.is_staff and not user.is_superuser
    assert not user.groups.exists()


def test_username_keeps_any_script_in_normal_form(post):
    post(filled(first_name="Zoe\u0308", last_name="Ми́хайлова", username=""))

    user = User.objects.get(email="anna@example.org")
    assert user.first_name == "Zoë"
    assert user.username.startswith("zoe.")
