from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import following
        from customers import followers

        followers.follow_primary_email(following.follow_addresses)
        followers.follow_disabling(following.follow_disabling)
