"""Addresses of orders at the desk (/admin/) and at the storefront (/)."""

from django.urls import path

from orders import desk, storefront

desk_urlpatterns = [
    path("orders/", desk.order_list, name="order_list"),
    path("orders/<int:pk>/", desk.order_detail, name="order_detail"),
]
storefront_urlpatterns = [
    path("account/orders/<int:pk>/", storefront.account_order, name="account_order"),
]
