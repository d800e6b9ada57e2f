"""What stands behind the sign-in: each request is looked at again.

- `throttle`: wrong tries are slowed, and nobody can lock out somebody else;
- `sessions`: how long a session lasts, and how it is ended from elsewhere;
- `second_factor`: whose rights need one, and whether the session has used it;
- `freshness`: which acts ask again who is there.

allauth carries the sign-in itself; its records of a session (`proof`) are what these
ask.
"""
