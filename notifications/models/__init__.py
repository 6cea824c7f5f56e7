from __future__ import annotations

from notifications.models.early_reports import EarlyReport
from notifications.models.mails import Mail
from notifications.models.outbox import Failure
from notifications.models.servers import MailServer
from notifications.models.troubles import Trouble

__all__ = ["EarlyReport", "Failure", "Mail", "MailServer", "Trouble"]
