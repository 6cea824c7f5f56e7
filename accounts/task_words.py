"""What workers do for accounts, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TASKS = {
    "accounts.send_reset_link": _("Mail with a link to a customer"),
    "accounts.answer_ask": _("Answer to a customer who has forgotten the password"),
    "accounts.send_registration_link": _("Mail to somebody who opens an account"),
    "accounts.send_staff_link": _("Mail with a link to a colleague"),
    "accounts.send_identity_code": _("Mail with a code to prove an identity"),
    "accounts.give_back_what_was_refused": _("Note that a mail with a link was refused"),
    "accounts.tell_of_new_password": _("Mail about a new password"),
    "accounts.tell_of_removed_second_factor": _("Mail that two-step sign-in was switched off"),
    "accounts.tell_of_tried_codes": _("Mail about too many codes of two-step sign-in"),
    "accounts.ask_whether_it_worked": _("Question to a customer whether everything worked"),
    "accounts.welcome": _("Welcome mail to a customer"),
}
