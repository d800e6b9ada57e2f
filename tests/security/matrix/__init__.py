"""The matrix: every kind of actor at every address, against a table of its own.

- `actors` who knocks, with rights written down here rather than asked for
- `doors`  each address by its name: which rights it needs, and about whom it is
- `oracle` what has to happen; it imports nothing of the portal's policy
- `scene`  the people, objects and jobs that the addresses are about
"""
