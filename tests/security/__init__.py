"""The proofs of what SECURITY.md promises.

`make security` runs them at full size and prints their figures. The ordinary suite runs
the same tests at a small size. Begin a proof's module with a docstring «Title: what it
proves.»; the title names it in the table.
"""
