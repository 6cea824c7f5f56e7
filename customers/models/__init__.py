"""People the shop sells to, and all that is known of them."""

from customers.bulk.models import BulkChange, BulkPiece, BulkRow
from customers.duplicates.models import LikelyPair, ToldApart
from customers.duplicates.searching import DuplicateSearch
from customers.importing.models import Import
from customers.importing.of_customers.models import ImportRow, MatchedRow, StagedRow
from customers.importing.owing import Debt
from customers.models.accounts import AccountState
from customers.models.addresses import Address
from customers.models.consent import (
    Channel,
    CollectedFrom,
    Consent,
    ConsentLevel,
    ImpossibleConsent,
)
from customers.models.customers import Customer
from customers.models.external_ids import ExternalId
from customers.models.identities import (
    AddressTaken,
    BadIdentity,
    Identity,
    IdentityKind,
    LastWayIn,
    Level,
    Proof,
    Unconfirmed,
    email_key,
    phone_key,
)
from customers.models.letters import CannotWrite, Letter
from customers.models.notes import Mention, Note, TooLateToEdit
from customers.models.rows import OnHold
from customers.models.search import CustomerSearch, NameWord
from customers.models.tags import Tag, Tagging, TooManyTags

__all__ = [
    "AccountState",
    "Address",
    "AddressTaken",
    "BadIdentity",
    "BulkChange",
    "BulkPiece",
    "BulkRow",
    "CannotWrite",
    "Channel",
    "CollectedFrom",
    "Consent",
    "ConsentLevel",
    "Customer",
    "CustomerSearch",
    "Debt",
    "DuplicateSearch",
    "ExternalId",
    "Identity",
    "IdentityKind",
    "Import",
    "ImportRow",
    "ImpossibleConsent",
    "LastWayIn",
    "Letter",
    "Level",
    "LikelyPair",
    "MatchedRow",
    "Mention",
    "NameWord",
    "Note",
    "OnHold",
    "Proof",
    "StagedRow",
    "Tag",
    "Tagging",
    "ToldApart",
    "TooLateToEdit",
    "TooManyTags",
    "Unconfirmed",
    "email_key",
    "phone_key",
]
