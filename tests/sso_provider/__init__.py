"""A small real provider of OpenID Connect, for tests: another process on loopback.

`python -m tests.sso_provider PORT CALLBACK FOLDER` serves until it is ended. It is
django-allauth's own provider; who has an account there is in `people.py`.
"""
