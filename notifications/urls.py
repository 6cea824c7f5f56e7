from __future__ import annotations

from django.urls import path

from notifications import api, demo, desk

desk_urlpatterns = [
    path("mails/", desk.mail_list, name="mail_list"),
    path("mails/<int:pk>/attempts/", desk.mail_attempts, name="mail_attempts"),
    path("mails/<int:pk>/dismissal/", desk.mail_dismissal, name="mail_dismissal"),
]

storefront_urlpatterns = [
    path("anymail/<slug:service>/tracking/", api.mail_reports, name="mail_reports"),
]

# Mounted below /demo/ in demo mode only.
demo_urlpatterns = [
    path("mail.json", demo.demo_mail_json, name="demo_mail_json"),
    path("mail/", demo.demo_mail_list, name="demo_mail_list"),
    path("mail/<slug:name>/", demo.demo_mail, name="demo_mail"),
    path("mail/<slug:name>/html/", demo.demo_mail_html, name="demo_mail_html"),
]
