from __future__ import annotations

from accounts.models.address_undos import AddressUndo
from accounts.models.addressees import CustomerBarred, NoAddress
from accounts.models.alarms import Alarm
from accounts.models.checks import (
    AlreadyMatched,
    CheckOver,
    Ending,
    IdentityCheck,
    ProofMissing,
    ProofTry,
)
from accounts.models.feedback import Feedback
from accounts.models.flags import Flag, FlagKind, ForOthers, LookFirst, LookForOthers
from accounts.models.holds import CheckNeeded, Hold, HoldOver, HoldReason, SecondColleagueNeeded
from accounts.models.links import LinkRefused, LinkState, SecretLink
from accounts.models.mail_budgets import MailBudget, NotYet, Share
from accounts.models.paces import MailPace
from accounts.models.registrations import AskPurpose, RecoveryAsk, Registration
from accounts.models.reset_requests import MoveStands, Purpose, ResetRequest
from accounts.models.rules import AccountRules
from accounts.models.sessions import Door, Session
from accounts.models.spoken_codes import CodeOver, CodeWaits, SpokenCode, TypedCode
from accounts.models.staff_links import StaffLink, StaffPurpose
from accounts.models.throttles import Throttle, UsedCode
from accounts.models.users import AddressInUse, LastOwner, User, UserKind, normal_email

__all__ = [
    "AccountRules",
    "AddressInUse",
    "AddressUndo",
    "Alarm",
    "AlreadyMatched",
    "AskPurpose",
    "CheckNeeded",
    "CheckOver",
    "CodeOver",
    "CodeWaits",
    "CustomerBarred",
    "Door",
    "Ending",
    "Feedback",
    "Flag",
    "FlagKind",
    "ForOthers",
    "Hold",
    "HoldOver",
    "HoldReason",
    "IdentityCheck",
    "LastOwner",
    "LinkRefused",
    "LinkState",
    "LookFirst",
    "LookForOthers",
    "MailBudget",
    "MailPace",
    "MoveStands",
    "NoAddress",
    "NotYet",
    "ProofMissing",
    "ProofTry",
    "Purpose",
    "RecoveryAsk",
    "Registration",
    "ResetRequest",
    "SecondColleagueNeeded",
    "SecretLink",
    "Session",
    "Share",
    "SpokenCode",
    "StaffLink",
    "StaffPurpose",
    "Throttle",
    "TypedCode",
    "UsedCode",
    "User",
    "UserKind",
    "normal_email",
]
