"""An account that moves to another address; test_lost_mailbox follows the links."""

from __future__ import annotations

from tests.browser.scenes import DOOR, Scene

MOVE_SCENES = [
    Scene("address-move", "agent", "address_move", "{jana}address-move/"),
    Scene("move-no-link", DOOR, "account_move", "/account/move/1a.bad/", status=404),
    Scene("move-without-link", DOOR, "account_move_form", "/account/move/", status=404),
    Scene("undo-no-link", DOOR, "account_undo", "/account/undo/1a.bad/", status=404),
    Scene("undo-without-link", DOOR, "account_undo_form", "/account/undo/", status=404),
]
