"""What a process of the portal has loaded before a file comes; for the fork server.

To be imported there alone: a test's own process is set up already.
"""

import django
from django.conf import settings
from django.test.utils import setup_test_environment
from django.utils.module_loading import import_module

django.setup()
setup_test_environment()
import_module(settings.ROOT_URLCONF)
