"""How often the open forms may be sent. A price costs a row, a registration a password's hash and two
papers."""

from datetime import timedelta

from recoup.web.kit.limits import Limit

QUOTES = Limit("quote-per-address", 60, timedelta(hours=1))
REGISTRATIONS = Limit("register-per-address", 30, timedelta(hours=1))
PER_EMAIL = Limit("register-per-email", 10, timedelta(hours=1))
INVITATIONS = Limit("invitation-per-address", 20, timedelta(hours=1))
ENQUIRIES = Limit("enquiry-per-address", 20, timedelta(hours=1))
MAIL_LINKS = Limit("mail-link-per-address", 30, timedelta(hours=1))
SIGNING_LINKS = Limit("signing-link-per-address", 20, timedelta(hours=1))
SURVEYS = Limit("survey-per-address", 30, timedelta(hours=1))
CHECKS = Limit("seal-check-per-address", 60, timedelta(hours=1))
