"""What a mail service tells of a mail it has taken: delivered, or come back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone

from events.failures import where
from notifications.answers import said
from notifications.models import EarlyReport, Mail, Trouble
from notifications.models.early_reports import hold_name
from notifications.models.outcomes import LONGEST_ID
from notifications.models.troubles import trouble_in

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)
BACKENDS = "anymail.backends."


class Unreadable(Exception):
    """This is no report of that service."""


def is_watched(service: str) -> bool:
    """Whether mails leave by this very service, and a secret for its reports is set."""
    own = f"{BACKENDS}{service}."
    return bool(settings.ANYMAIL_WEBHOOK_SECRET) and settings.EMAIL_BACKEND.startswith(own)


def is_from_service(request: HttpRequest) -> bool:
    """It knows the secret: a name and a password, as a browser would send them."""
    given = get_request_basic_auth(request) or ""
    return secrets.compare_digest(given.encode(), settings.ANYMAIL_WEBHOOK_SECRET.encode())


def read_reports(request: HttpRequest, service: str) -> Sequence[AnymailTrackingEvent]:
    """The reports in one request, in anymail's terms; raises Unreadable."""
    try:
        found: Any = resolve(f"/{service}/tracking/", "anymail.urls").func
        view = found.view_class()
        view.run_validators(request)
        events = view.parse_events(request)
    except Resolver404:
        raise Unreadable from None
    except Exception as error:  # noqa: BLE001 -- whatever was posted, or is wrong with the settings
        log.warning("mail.report_unreadable", error=type(error).__name__, where=where(error))
        raise Unreadable from None
    return [event for event in events if isinstance(event, AnymailTrackingEvent)]


def note(report: AnymailTrackingEvent) -> bool:
    """Write down what became of a mail. False for what is known already, or says nothing of it.

    Bears reports that come twice, late, or in the wrong order; one that comes before its mail is
    written down waits for that.
    """
    told = _read(report)
    if told is None:
        return False
    with transaction.atomic():
        hold_name(told.service_id)
        mails = Mail.objects.filter(service_id=told.service_id)
        mail = mails.select_related("cause").first()
        if mail is not None:
            return told.tell(mail)
        told.keep()
    return True


def _read(report: AnymailTrackingEvent) -> EarlyReport | None:
    """None for what cannot be a mail's name, and for what tells nothing of whether it arrived."""
    name, trouble = report.message_id, _trouble_of(report)
    is_delivered = report.event_type == EventType.DELIVERED
    if not _can_be_a_name(name) or not (is_delivered or trouble):
        return None
    is_dated = report.timestamp is not None and timezone.is_aware(report.timestamp)
    at = report.timestamp if is_dated else timezone.now()
    words = "" if is_delivered else said(_words_of(report))
    return EarlyReport(service_id=name, at=at, trouble=trouble or "", words=words)


def _can_be_a_name(service_id: object) -> bool:
    if not isinstance(service_id, str) or not 0 < len(service_id) <= LONGEST_ID:
        return False
    return "\0" not in service_id  # which PostgreSQL would refuse


def _trouble_of(report: AnymailTrackingEvent) -> Trouble | None:
    """None for what tells nothing of whether it arrived, e.g. that it was delayed, or opened."""
    if report.event_type == EventType.FAILED:
        return Trouble.OTHER
    if report.event_type not in {EventType.BOUNCED, EventType.REJECTED}:
        return None
    if report.reject_reason == RejectReason.INVALID:
        return Trouble.GONE
    if report.event_type == EventType.REJECTED:
        return Trouble.HELD_BACK
    if report.reject_reason in {RejectReason.BLOCKED, RejectReason.SPAM}:
        return Trouble.BLOCKED
    return trouble_in(_words_of(report))


def _words_of(report: AnymailTrackingEvent) -> str:
    return str(report.mta_response or report.description or "")
