"""Single sign-on: one provider of OpenID Connect, for people whom the portal has."""
