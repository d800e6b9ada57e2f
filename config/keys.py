"""The key that signs sessions and links."""

from django.core.exceptions import ImproperlyConfigured

DEVELOPMENT_KEY = "development-only" * 4
LEAST_CHARACTERS = 50
HOW_TO_MAKE_ONE = (
    'Make one with: python -c "import secrets; print(secrets.token_urlsafe(50))"'
)


def production_key(key: str) -> str:
    """The key itself; raises ImproperlyConfigured when anybody could guess it."""
    if not key:
        problem = "is not set; it is needed when DEBUG=false"
    elif "development" in key:
        problem = "is the one for development, which everybody knows"
    elif len(key) < LEAST_CHARACTERS:
        problem = f"has {len(key)} characters; {LEAST_CHARACTERS} are needed"
    else:
        return key
    raise ImproperlyConfigured(f"SECRET_KEY {problem}. {HOW_TO_MAKE_ONE}")
