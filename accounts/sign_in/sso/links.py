"""Links of people to their account at the provider of the single sign-on."""

from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_removed
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest

from accounts.guards.sessions import end_sessions
from accounts.models import User
from accounts.sign_in.posting import order_notice

REMOVED = "socialaccount/email/account_disconnected"


def remove_links(request: HttpRequest, person: User) -> int:
    """For somebody who has another account at the provider now; tells how many.

    Whoever came in by the old account, which may be somebody else's now, is signed out.
    """
    links = list(SocialAccount.objects.filter(user=person))
    with transaction.atomic():
        for link in links:
            link.delete()
            social_account_removed.send(
                sender=SocialAccount, request=request, socialaccount=link
            )
        if links:
            order_notice(person, REMOVED, request)
            sessions = UserSession.objects.filter(user=person)
            end_sessions(request, sessions, user=person, reason="link removed")
    return len(links)
