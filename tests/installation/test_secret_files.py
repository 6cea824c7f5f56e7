"""Each secret may lie in a file that NAME_FILE names."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from shopdesk.environment import SECRET_VARIABLES, read_secret_files


@pytest.mark.parametrize("name", SECRET_VARIABLES)
def test_a_secret_is_read_from_its_file_without_the_lines_end(name: str, tmp_path: Path) -> None:
    place = tmp_path / "secret"
    place.write_text(" pass word \r\n")
    variables = {f"{name}_FILE": str(place)}
    read_secret_files(variables)
    assert variables[name] == " pass word "


def test_a_secret_that_is_given_twice_is_refused_by_name(tmp_path: Path) -> None:
    place = tmp_path / "secret"
    place.write_text("one")
    with pytest.raises(ImproperlyConfigured, match="LINK_KEY and LINK_KEY_FILE are both set"):
        read_secret_files({"LINK_KEY": "another", "LINK_KEY_FILE": str(place)})


def test_a_file_that_is_not_there_is_named_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE cannot be read: No such file"):
        read_secret_files({"SECRET_KEY_FILE": str(tmp_path / "none")})


def test_a_file_that_is_not_text_is_refused_without_showing_it(tmp_path: Path) -> None:
    place = tmp_path / "secret"
    place.write_bytes(b"\xff\xfe\x00secret")
    with pytest.raises(ImproperlyConfigured, match="it is not text") as refusal:
        read_secret_files({"ANYMAIL_FILE": str(place)})
    assert "secret" not in str(refusal.value)


def test_without_files_nothing_changes() -> None:
    variables = {"SECRET_KEY": "as it was", "LINK_KEY_FILE": ""}
    read_secret_files(variables)
    assert variables == {"SECRET_KEY": "as it was", "LINK_KEY_FILE": ""}
