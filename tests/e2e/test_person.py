"""A person's life at the desk: created, found, changed, told, taken back."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User


def field(page, label):
    return page.get_by_role("textbox", name=label)


@pytest.fixture
def desk(manager, branch, category, sign_in):
    sign_in(manager)


def create_person(page, visit):
    visit("accounts_user_add")
    field(page, "First name").fill("Zoë")
    field(page, "Last name").fill("Ångström")
    field(page, "E-mail").fill("zoe@example.org")
    page.get_by_role("combobox", name="Branch").select_option(label="Main library")
    field(page, "Phone").fill("+49 30 901820")
    page.get_by_role("button", name="Save", exact=True).click()


def test_wrong_password_stays_at_the_door(page, visit, manager):
    visit("login")
    field(page, "Username").fill("manager")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_text("The username or the password is wrong")).to_be_visible()


def test_username_is_shown_while_the_name_is_typed(page, visit, desk):
    visit("accounts_user_add")
    field(page, "First name").fill("Zoë")
    field(page, "Last name").fill("von Ångström")

    username = field(page, "Username")
    expect(username).to_have_attribute("placeholder", "zoe.von-angstrom")


def test_mistake_is_shown_and_nothing_typed_is_lost(page, visit, desk):
    visit("accounts_user_add")
    field(page, "First name").fill("Zoë")
    field(page, "Birth date").fill("2999-01-01")
    field(page, "Notes").fill("Large print")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("must be in the past")).to_be_visible()
    expect(field(page, "Notes")).to_have_value("Large print")
    assert not User.objects.filter(first_name="Zoë").exists()


def test_person_from_creation_to_revert(page, visit, desk):
    create_person(page, visit)
    expect(page.get_by_text("was added successfully")).to_be_visible()
    expect(page.get_by_text("invitation is on its way")).to_be_visible()

    # Find them by a part of the name, and change the Reader.
    page.get_by_placeholder(re.compile("Search by name")).fill("ångstr")
    page.keyboard.press("Enter")
    page.locator("#result_list").get_by_text("Zoë Ångström").click()
    card = field(page, "Card number")
    expect(card).to_have_value(re.compile(r"RR\d{9}"))
    field(page, "Phone").fill("+49 30 901821")
    page.get_by_label("Reason for the change").fill("New number")
    page.get_by_role("button", name="Save", exact=True).click()

    # Read the story, and take the change back.
    page.locator("#result_list").get_by_text("Zoë Ångström").click()
    page.locator("#main").get_by_role("link", name="History").click()
    newest = page.locator(".rr-timeline > li").first
    expect(newest).to_contain_text("New number")
    expect(newest.locator(".rr-old")).to_have_text("+49 30 901820")
    expect(newest.locator(".rr-new")).to_have_text("+49 30 901821")
    page.get_by_role("link", name="Revert the reader to this version").click()
    expect(page.locator(".rr-new")).to_have_text("+49 30 901820")
    page.get_by_label("Reason for the change").fill("Was right before")
    page.get_by_role("button", name="Revert").click()

    expect(page.locator(".rr-timeline > li").first).to_contain_text("Was right before")
    reader = User.objects.get(last_name="Ångström").reader
    assert reader.phone.as_e164 == "+4930901820"


def test_people_are_found_by_the_command_search(page, visit, desk, reader_user):
    visit("index")
    page.get_by_role("button", name="Find people and pages").click()
    box = page.get_by_placeholder("Type to search")
    # The box fades in; keys typed before it is there are typed nowhere.
    box.click()
    box.press_sequentially("berg")

    page.locator("#command-results").get_by_text("Anna Berg").click()

    expect(field(page, "Username")).to_have_value("anna.berg")


def test_sign_out_with_the_keyboard_alone(page, visit, desk):
    visit("index")
    page.get_by_role("button", name=re.compile("manager")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("account/login"))
