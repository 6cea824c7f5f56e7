from __future__ import annotations

from django.urls import path

from events import desk

desk_urlpatterns = [
    path("deliveries/", desk.delivery_list, name="delivery_list"),
    path("deliveries/<int:pk>/attempts/", desk.delivery_attempts, name="delivery_attempts"),
    path("deliveries/<int:pk>/dismissal/", desk.delivery_dismissal, name="delivery_dismissal"),
]
