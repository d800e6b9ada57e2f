"""Names the signed-in user as the actor of everything a request does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.history.acts import Actor, acting
from portal.logs.context import add
from portal.models import ChangeSet


class ActorMiddleware:
    """Must come after the authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        if user:
            add(user=user.pk)
        kind = ChangeSet.Kind.FORM if user else ChangeSet.Kind.SYSTEM
        with acting(Actor(kind=kind, user=user, origin=request.path)):
            return self.get_response(request)
