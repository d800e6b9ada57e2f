"""Every page on which a text about somebody could come to stand."""

from itertools import product

from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from tests.portal.pages import MODELS, first_of, named_addresses, page

# What lists are asked for beside the plain page.
QUERIES = ("_facets=True", "all=", "q=far", "o=-1", "p=2")


def addresses(person):
    """Of each page, that of the first and of the newest object, and of the person."""

    def newest(model):
        return model._base_manager.order_by("-pk").first()

    def person_or_newest(model):
        return person if model is User else newest(model)

    ways = (first_of, newest, person_or_newest)
    found = {address for way in ways for _name, address in named_addresses(way)}
    return sorted(found - {reverse("admin:logout")})


def lists():
    """What is asked with a query, and with which."""
    yield reverse("admin:search"), "s=far"
    yield from product([page(model, "changelist") for model in MODELS], QUERIES)


def shown(client, texts, address, query):
    """Those of the texts that stand on the page to which the address leads."""
    response = client.get(address, query_params=QueryDict(query), follow=True)
    sent = b"".join(response) if response.streaming else response.content
    return [text for text in texts if text.encode() in sent]
