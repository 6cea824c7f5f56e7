"""Which lists there are: apps add theirs in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.listing import DeskList
from core.slots import Slot

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class ListPlace:
    """A list, the name of its page's address, and who may see it."""

    desk_list: DeskList[Any]
    url_name: str
    allowed: Callable[[User], bool]


desk_lists: Slot[ListPlace] = Slot("lists of the desk")


def place_of(name: str) -> ListPlace | None:
    places = desk_lists.entries()
    return next((place for place in places if place.desk_list.name == name), None)
