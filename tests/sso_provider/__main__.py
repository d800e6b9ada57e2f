import os
import sys

import django
from django.core.management import call_command


def main(port: str, callback: str, folder: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.sso_provider.settings"
    os.environ["SSO_PROVIDER_FOLDER"] = folder
    django.setup()
    call_command("migrate", verbosity=0)
    fill(callback)
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)


def fill(callback: str) -> None:
    # Their models need the settings above.
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from tests.sso_provider import people

    Client.objects.create(
        id=people.CLIENT_ID,
        secret=make_password(people.CLIENT_SECRET),
        name="Reading Room",
        redirect_uris=callback,
        scopes="openid\nprofile\nemail",
        skip_consent=True,
    )
    for username, (address, verified, _factor) in people.PEOPLE.items():
        user = User.objects.create_user(username, address, people.PASSWORD)
        EmailAddress.objects.create(
            user=user, email=address, verified=verified, primary=True
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
