"""What a launcher keeps in its var directory before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopdesk.launcher.keys import installation_keys
from shopdesk.launcher.lock import only_launcher
from shopdesk.launcher.refusal import Refused


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first = installation_keys(tmp_path)

    assert list(first) == ["SECRET_KEY", "LINK_KEY"]
    assert first["SECRET_KEY"] != first["LINK_KEY"]
    assert all(len(key) >= 64 for key in first.values())
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o600
    assert installation_keys(tmp_path) == first


def test_each_installation_has_keys_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()

    assert installation_keys(tmp_path / "one") != installation_keys(tmp_path / "two")


def test_a_missing_key_is_added_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("SECRET_KEY=kept\n")

    keys = installation_keys(tmp_path)

    assert keys["SECRET_KEY"] == "kept"
    assert (tmp_path / "secrets").read_text() == f"SECRET_KEY=kept\nLINK_KEY={keys['LINK_KEY']}\n"


def test_a_held_var_directory_is_refused_with_the_holder_named(tmp_path: Path) -> None:
    with only_launcher(tmp_path):
        holder = (tmp_path / "launcher.lock").read_text()
        with pytest.raises(Refused) as refusal, only_launcher(tmp_path):
            pass

    assert str(refusal.value) == (
        f"ShopDesk is already running on {tmp_path} (process {holder}). "
        "Stop that one first, or choose another VAR_DIR and PORT."
    )


def test_a_var_directory_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with only_launcher(tmp_path):
            held = (tmp_path / "launcher.lock").read_text()

    assert held.isdigit()
