"""Addresses of accounts: the storefront's and the desk's."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts import (
    desk,
    desk_checks,
    desk_codes,
    desk_devices,
    desk_flags,
    desk_follow_ups,
    desk_holds,
    desk_moves,
    desk_phone,
    desk_profile,
    desk_resets,
    desk_rules,
    desk_team,
    desk_trails,
    storefront,
    storefront_alarms,
    storefront_devices,
    storefront_due,
    storefront_feedback,
    storefront_links,
    storefront_moves,
    storefront_verify,
)


class TokenConverter(StringConverter):
    """Anything, none at all and slashes too: what is no token of ours gets a link's own page."""

    regex = "(?s:.*)"


register_converter(TokenConverter, "token")
CHECK = "customers/<int:pk>/identity-checks/<int:check_id>"

storefront_urlpatterns = [
    path("account/", storefront.home, name="account_home"),
    path("account/login/", storefront.sign_in_page, name="account_login"),
    path("account/login/password/", storefront_due.due_password, name="account_due_password"),
    path("account/logout/", storefront.sign_out, name="account_logout"),
    path("account/register/", storefront.register, name="account_register"),
    path("account/recover/", storefront.recover, name="account_recover"),
    path("account/profile/", storefront.profile, name="account_profile"),
    path("account/password/", storefront.password, name="account_password"),
    path("account/devices/", storefront_devices.devices, name="account_devices"),
    path(
        "account/devices/everywhere/",
        storefront_devices.everywhere,
        name="account_devices_everywhere",
    ),
    path(
        "account/devices/<slug:device>/removal/",
        storefront_devices.removal,
        name="account_device_removal",
    ),
    path("account/reset/", storefront_links.reset, name="account_reset_form"),
    path("account/reset/<token:token>/", storefront_links.follow_reset, name="account_reset"),
    path("account/activate/", storefront_links.activate, name="account_activate_form"),
    path("account/activate/refusal/", storefront_links.decline, name="account_decline"),
    path(
        "account/activate/<token:token>/", storefront_links.follow_invite, name="account_activate"
    ),
    path("account/confirm/", storefront_links.confirm, name="account_registration_form"),
    path(
        "account/confirm/<token:token>/",
        storefront_links.follow_registration,
        name="account_registration",
    ),
    path("account/move/", storefront_moves.move, name="account_move_form"),
    path("account/move/<token:token>/", storefront_moves.follow_move, name="account_move"),
    path("account/undo/", storefront_moves.undo, name="account_undo_form"),
    path("account/undo/<token:token>/", storefront_moves.follow_undo, name="account_undo"),
    path("account/alarm/", storefront_alarms.alarm, name="account_alarm_form"),
    path("account/alarm/<token:token>/", storefront_alarms.follow_alarm, name="account_alarm"),
    path("account/feedback/", storefront_feedback.feedback, name="account_feedback_form"),
    path(
        "account/feedback/<token:token>/",
        storefront_feedback.follow_feedback,
        name="account_feedback",
    ),
    path("account/links/", storefront_links.another_link, name="account_another_link"),
    path("account/verify/", storefront_verify.verify, name="account_verify"),
]

desk_urlpatterns = [
    path("login/", desk.sign_in_page, name="desk_login"),
    path("login/code/", desk.code_page, name="desk_code"),
    path("logout/", desk.sign_out, name="desk_logout"),
    path("recover/", desk.recover, name="desk_recover"),
    path("link/", desk.choose_password, name="desk_link_form"),
    path("link/<token:token>/", desk.follow_link, name="desk_link"),
    path("links/", desk.another_link, name="desk_another_link"),
    path("profile/", desk_profile.profile, name="profile"),
    path("profile/password/", desk_profile.password, name="desk_password"),
    path("profile/sessions/", desk_devices.others, name="desk_sessions"),
    path("profile/sessions/everywhere/", desk_devices.everywhere, name="desk_sessions_everywhere"),
    path(
        "profile/sessions/<slug:device>/removal/",
        desk_devices.removal,
        name="desk_session_removal",
    ),
    path("profile/second-factor/", desk_profile.second_factor_page, name="desk_second_factor"),
    path(
        "profile/second-factor/removal/",
        desk_profile.switch_off,
        name="desk_second_factor_removal",
    ),
    path("profile/recovery-codes/", desk_profile.recovery_codes, name="desk_recovery_codes"),
    path("settings/customer-accounts/", desk_rules.account_rules, name="account_rules"),
    path("settings/team/", desk_team.team, name="team"),
    path("settings/team/<int:pk>/role/", desk_team.role, name="team_role"),
    path("settings/team/<int:pk>/sign-out/", desk_devices.of_colleague, name="team_sign_out"),
    path("settings/team/<int:pk>/links/", desk_team.send_link, name="team_link"),
    path("settings/team/<int:pk>/deactivation/", desk_team.deactivation, name="team_deactivation"),
    path("settings/team/<int:pk>/reactivation/", desk_team.reactivation, name="team_reactivation"),
    path(
        "settings/team/<int:pk>/second-factor-removal/",
        desk_team.second_factor_removal,
        name="team_second_factor_removal",
    ),
    path("customers/<int:pk>/sign-out/", desk_devices.of_customer, name="customer_sign_out"),
    path(
        "customers/<int:pk>/reset-requests/",
        desk_resets.reset_requests,
        name="reset_request_create",
    ),
    path("customers/<int:pk>/phone-help/", desk_phone.call, name="phone_help"),
    path(
        "customers/<int:pk>/reset-requests/confirmation/",
        desk_resets.confirmation,
        name="reset_request_confirmation",
    ),
    path(
        "customers/<int:customer_pk>/reset-requests/<int:pk>/",
        desk_trails.reset_request_detail,
        name="reset_request_detail",
    ),
    path(
        "customers/<int:customer_pk>/reset-requests/<int:pk>/settlement/",
        desk_follow_ups.settlement,
        name="reset_request_settlement",
    ),
    path(
        "customers/<int:customer_pk>/reset-requests/<int:pk>/withdrawal/",
        desk_resets.withdrawal,
        name="reset_request_withdrawal",
    ),
    path("customers/<int:pk>/address-move/", desk_moves.address_move, name="address_move"),
    path("customers/<int:pk>/holds/", desk_holds.hold_create, name="hold_create"),
    path(
        "customers/<int:pk>/holds/<int:hold_id>/lifting/",
        desk_holds.hold_lifting,
        name="hold_lifting",
    ),
    path("customers/<int:pk>/identity-checks/", desk_checks.identity_check, name="identity_check"),
    path(f"{CHECK}/", desk_checks.identity_check_detail, name="identity_check_detail"),
    path(
        f"{CHECK}/proofs/<slug:proof>/",
        desk_checks.identity_check_proof,
        name="identity_check_proof",
    ),
    path(
        f"{CHECK}/codes/<slug:proof>/", desk_codes.identity_check_code, name="identity_check_code"
    ),
    path(f"{CHECK}/ending/", desk_checks.identity_check_ending, name="identity_check_ending"),
    path(
        "customers/<int:customer_pk>/flags/<int:pk>/settlement/",
        desk_flags.settlement,
        name="flag_settlement",
    ),
]
