from __future__ import annotations

from django.urls import path

from shop import desk, storefront

desk_urlpatterns = [
    path("settings/shop/", desk.settings, name="shop_settings"),
    path("settings/shop/logo/", desk.logo, name="shop_logo_upload"),
    path("settings/shop/logo/removal/", desk.logo_removal, name="shop_logo_removal"),
]
storefront_urlpatterns = [
    path("theme.css", storefront.theme, name="theme_css"),
    path("shop/logo/", storefront.logo, name="shop_logo"),
    path("language/", storefront.language_choice, name="language_choice"),
]
