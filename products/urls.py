"""Addresses of products at the desk (/admin/)."""

from django.urls import path

from products import desk

desk_urlpatterns = [
    path("products/", desk.product_list, name="product_list"),
    path("products/<int:pk>/", desk.product_detail, name="product_detail"),
]
