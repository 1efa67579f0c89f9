"""The practice venue: the pages of Camden Active at an address that is only known when the venue runs."""

from camden_active import *  # noqa: F403  # the venue serves the same pages, so everything but the address is the same

SITE_URL = ""
PAYMENT_HOSTS = ()
