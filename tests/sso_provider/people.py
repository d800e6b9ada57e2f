"""Who has an account at the provider: username, address, verified, second factor."""

CLIENT_ID = "reading-room"
CLIENT_SECRET = "known to both"
PASSWORD = "provider pass phrase"
PEOPLE = {
    "known": ("front_desk@example.org", True, False),
    "with-factor": ("importer@example.org", True, True),
    "unverified": ("manager@example.org", False, False),
    "unknown": ("stranger@example.org", True, False),
    # The username of another, which must say nothing.
    "root": ("nobody@example.org", True, False),
}
