"""Sign-in: what django-allauth does, as this portal wants it."""
