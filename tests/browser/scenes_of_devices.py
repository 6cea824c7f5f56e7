"""Where somebody is signed in, and the page that asks before all of it ends."""

from __future__ import annotations

from tests.browser.scenes import Scene, submit_empty

EVERYWHERE = "/account/devices/everywhere/"
DESK_EVERYWHERE = "/admin/profile/sessions/everywhere/"

DEVICE_SCENES = [
    Scene("devices", "customer", "account_devices", "/account/devices/"),
    Scene("devices-everywhere", "customer", "account_devices_everywhere", EVERYWHERE),
    Scene("devices-everywhere-422", "customer", "account_devices_everywhere", EVERYWHERE,
          submit_empty),
    Scene("desk-everywhere", "owner", "desk_sessions_everywhere", DESK_EVERYWHERE),
    Scene("desk-everywhere-422", "owner", "desk_sessions_everywhere", DESK_EVERYWHERE,
          submit_empty),
]  # fmt: skip
