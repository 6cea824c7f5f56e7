from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as everything
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import reading, words
        from accounts.task_words import TASKS
        from events import actors
        from events.task_words import name_tasks
        from shop.language import read_own_language_with

        # Django flushes tables between tests with real transactions; the rules come back.
        post_migrate.connect(keep_the_rules, sender=self)
        follow_customers()
        read_own_language_with(reading.own_language)
        words.register_words()
        name_tasks(TASKS)
        actors.register("accounts.user", reading.names_of)
        mask_customers()
        take_places_of_customers()
        show_devices()
        show_holds()
        show_checks()
        take_places_for_flags()
        bring_bulk_kinds()
        help_after_sending()
        take_places_of_the_frame()
        take_places_of_the_settings()


def follow_customers() -> None:
    from accounts import following, voiding
    from customers import followers

    followers.follow_primary_email(following.follow_addresses)
    followers.follow_barring(following.follow_barring)
    followers.follow_primary_email(voiding.follow_moves)
    followers.follow_barring(voiding.follow_barring)


def keep_the_rules(*, using: str, apps: Apps = everything, **_signal: Any) -> None:
    """The one row of rules exists whenever its table does, whichever migrations have run."""
    if "accountrules" in apps.all_models["accounts"]:
        apps.get_model("accounts", "AccountRules").objects.using(using).get_or_create(pk=1)


def mask_customers() -> None:
    from accounts.check_panels import mask_notice
    from accounts.masking import mask_until_known
    from core.slots import Panel
    from customers import slots

    mask_until_known()
    slots.customer_notices.add(
        Panel("accounts/_mask_notice.html", mask_notice, name="mask", is_plain=True), order=0
    )


def take_places_of_customers() -> None:
    from accounts import panels
    from accounts.permissions import can_send_reset
    from core.listing import View
    from core.slots import Panel
    from customers import slots

    template = "accounts/_reset_panel.html"
    reset_panel = Panel(template, panels.reset_panel, name="reset_panel", is_plain=True)
    slots.customer_notices.add(reset_panel, order=10)
    send, may = panels.send_button, can_send_reset
    for slot, template in (
        (slots.customer_actions, "accounts/_send_button.html"),
        (slots.customer_row_menu, "accounts/_row_menu.html"),
    ):
        slot.add(Panel(template, send, may, "send_reset", is_plain=True))
    slots.customer_side_panels.add(
        Panel("accounts/_security_card.html", panels.security_card, name="security", is_plain=True),
        order=10,
    )
    slots.customer_figures.add(panels.resets_of_the_week, order=30)
    slots.customer_views.add(
        View("reset-pending", _("Reset pending"), panels.customers_with_pending_reset),
        order=500,
    )


def show_devices() -> None:
    from accounts import panels
    from core.slots import Panel
    from customers import slots

    template = "accounts/_customer_devices.html"
    panel = Panel(template, panels.customer_devices, name="devices", is_plain=True)
    slots.customer_side_panels.add(panel, order=14)


def show_holds() -> None:
    from accounts import hold_panels
    from accounts.permissions import can_move_address, can_put_on_hold
    from core.permissions import can_read
    from core.slots import Panel, home_cards
    from customers import slots

    notice, move, line = hold_panels.hold_notice, hold_panels.move_line, hold_panels.hold_line
    past, still_open = hold_panels.past_holds, hold_panels.holds_open
    slots.customer_notices.add(
        Panel("accounts/_hold_notice.html", notice, name="hold", is_plain=True), order=1
    )
    slots.customer_more_actions.add(
        Panel("accounts/_move_line.html", move, can_move_address, "move_address")
    )
    slots.customer_more_actions.add(
        Panel("accounts/_hold_line.html", line, can_put_on_hold, "put_on_hold", is_plain=True)
    )
    slots.customer_side_panels.add(
        Panel("accounts/_past_holds.html", past, name="past_holds", is_plain=True), order=12
    )
    home_cards.add(
        Panel("accounts/_holds_open.html", still_open, can_read, "holds", is_plain=True), order=2
    )


def show_checks() -> None:
    from accounts import check_panels
    from accounts.check_words import register_check_words
    from accounts.own_proofs import offer_own_proofs
    from accounts.permissions import can_check_identity
    from core.slots import Panel
    from customers import slots

    offer_own_proofs()
    register_check_words()
    button, earlier = check_panels.check_button, check_panels.earlier_checks
    slots.customer_actions.add(
        Panel("accounts/_begin_check.html", button, can_check_identity, is_plain=True), order=50
    )
    slots.customer_side_panels.add(
        Panel("accounts/_identity_checks.html", earlier, name="checks", is_plain=True), order=11
    )


def take_places_for_flags() -> None:
    from accounts import flags_panels
    from core.listing import View
    from core.permissions import can_read
    from core.slots import Panel, home_cards
    from customers import slots

    slots.customer_notices.add(
        Panel("accounts/_flag_notice.html", flags_panels.flag_notice, name="flags", is_plain=True),
        order=5,
    )
    slots.customer_views.add(
        View("flagged", _("Needs a look"), flags_panels.flagged_customers), order=510
    )
    alarms, flags = flags_panels.alarms_on_home, flags_panels.flags_on_home
    home_cards.add(Panel("accounts/_alarms.html", alarms, can_read, is_plain=True), order=1)
    home_cards.add(Panel("accounts/_flags.html", flags, can_read, is_plain=True), order=6)


def bring_bulk_kinds() -> None:
    from accounts.bulk_kinds import InvitesKind, NewPasswordKind, ResetsKind
    from customers.bulk.kinds import bulk_kinds

    bulk_kinds.add_in_turn((ResetsKind(), InvitesKind(), NewPasswordKind()), start=500)


def help_after_sending() -> None:
    """On the phone, and when nobody has heard of the customer since."""
    from accounts import follow_up_panels, panels, reset_figures
    from accounts.permissions import can_send_reset
    from core.permissions import can_read
    from core.slots import Panel, home_cards
    from customers import slots

    slots.customer_notices.add(Panel("accounts/_phone_place.html", name="phone_help"), order=11)
    slots.customer_actions.add(
        Panel("accounts/_phone_button.html", panels.phone_button, can_send_reset, "phone"), order=90
    )
    follow_ups = follow_up_panels.follow_ups
    home_cards.add(
        Panel("accounts/_follow_ups.html", follow_ups, can_send_reset, is_plain=True), order=1
    )
    figures, template = reset_figures.reset_figures, "accounts/_reset_figures.html"
    home_cards.add(Panel(template, figures, can_read, aside=True, is_plain=True), order=20)


def take_places_of_the_frame() -> None:
    from accounts import palette, panels
    from accounts.permissions import can_send_reset
    from core import slots
    from core.permissions import can_read

    slots.home_cards.add(
        slots.Panel(
            "accounts/_resets_pending.html", panels.resets_pending, can_read, is_plain=True
        ),
        order=10,
    )
    slots.home_cards.add(
        slots.Panel("accounts/_resets_failed.html", panels.resets_failed, can_read), order=5
    )
    slots.search_sources.add(
        slots.SearchSource(_("Send a link"), palette.find_reset_actions, can_send_reset), order=30
    )
    slots.search_sources.add(
        slots.SearchSource(_("My account"), palette.find_own_pages, can_read, is_plain=True),
        order=60,
    )
    slots.storefront_links.add(slots.StorefrontLink(_("Account"), "account_home"))


def take_places_of_the_settings() -> None:
    from accounts.permissions import can_manage_team
    from core.permissions import can_read
    from core.slots import SettingsPage, settings_pages

    about = _("Who works at the desk, and what they may do.")
    settings_pages.add(
        SettingsPage(_("Team"), about, "team", "users-round", can_manage_team), order=20
    )
    about = _("How long a reset link is valid, and how many resets are worth a look.")
    settings_pages.add(
        SettingsPage(_("Customer accounts"), about, "account_rules", "key-round", can_read),
        order=30,
    )
