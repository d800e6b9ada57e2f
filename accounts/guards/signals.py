"""What the guards tell: whoever keeps events listens. Each sends its `request`."""

from django.dispatch import Signal

# With `typed_name` or `user`, and `seconds`.
slowed_down = Signal()
# A letter with a way back in, with `typed_name`; whether there is such an account is
# not known here.
reset_asked = Signal()
second_factor_missing = Signal()
fresh_sign_in_asked = Signal()
# With `user`, whose sessions were ended, `count`, and `reason`.
sessions_ended = Signal()
# With `user`, whose factors were taken away, and `count`; `request` may be None.
second_factor_reset = Signal()
