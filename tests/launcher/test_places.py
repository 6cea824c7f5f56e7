"""Sockets have short paths and private directories, wherever the var directory lies."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopdesk.launcher import desk, places
from shopdesk.launcher.desk import check_port, parser, read_order
from shopdesk.launcher.places import (
    SOCKET_DIRECTORY_BYTES,
    fits_socket,
    is_ours,
    make_var_dir,
    runtime_directory,
    short_directory,
)
from shopdesk.launcher.refusal import Refused


def test_a_deep_var_directory_gets_a_short_runtime_directory_and_keeps_it(tmp_path: Path) -> None:
    deep = tmp_path / ("a very long name " * 12)
    deep.mkdir()

    first = runtime_directory(deep, None)

    assert len(os.fsencode(first)) <= SOCKET_DIRECTORY_BYTES
    assert first.stat().st_mode & 0o777 == 0o700
    assert (deep / "run").resolve() == first
    assert runtime_directory(deep, None) == first
    first.rmdir()


def test_a_runtime_directory_that_is_gone_is_made_anew(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 150)
    deep.mkdir()
    first = runtime_directory(deep, None)
    first.rmdir()

    second = runtime_directory(deep, None)

    assert second.is_dir()
    second.rmdir()


def test_a_directory_that_others_may_list_is_not_taken_for_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "link").symlink_to(tmp_path)

    assert not is_ours(tmp_path)
    assert not is_ours(tmp_path / "link")
    tmp_path.chmod(0o700)
    assert is_ours(tmp_path)


@pytest.mark.parametrize(
    ("path", "fits"),
    [("/var/x", True), ("/with space", False), ("/with,comma", False), ("/" + "y" * 90, False)],
)
def test_only_short_and_plain_paths_hold_sockets(path: str, *, fits: bool) -> None:
    assert fits_socket(Path(path)) is fits


def test_a_var_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Refused) as refusal:
        make_var_dir(tmp_path / "file" / "var")

    assert str(refusal.value) == (
        f"The directory {tmp_path}/file/var cannot be written: Not a directory. "
        "Choose another VAR_DIR."
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_order(parser().parse_args([f"--port={port}"]))

    assert str(refusal.value) == f"PORT must be a number from 1 to 65535, not {port!r}."


def test_a_taken_port_is_refused_with_another_one_offered(taken_port: int) -> None:
    with pytest.raises(Refused) as refusal:
        check_port(taken_port)

    assert str(refusal.value) == (
        f"Port {taken_port} is taken by another program. "
        f"Choose another: make demo PORT={taken_port % 60_000 + 1}"
    )


def test_a_disk_without_room_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "ROOM_BYTES", shutil.disk_usage(tmp_path).total + 1)
    with pytest.raises(Refused, match=rf"MB in {tmp_path}, and \d+ MB are free there\. Make room"):
        desk.check_room(tmp_path)


@pytest.mark.parametrize(("taken", "offered"), [(80, 8000), (8000, 8001), (65_535, 5536)])
def test_another_port_is_one_that_anybody_may_open(taken: int, offered: int) -> None:
    assert desk.another_port(taken) == offered


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What stands for the file system in memory; its path is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="memory-") as made:
        monkeypatch.setattr(places, "MEMORY", made)
        yield Path(made)


@pytest.mark.parametrize(("room", "is_there"), [(0, True), (2**80, False)])
def test_what_is_thrown_away_lies_in_memory_where_there_is_room(
    memory: Path, monkeypatch: pytest.MonkeyPatch, room: int, is_there: bool
) -> None:
    monkeypatch.setattr(places, "ROOM_BYTES", room)
    made = short_directory(None, in_memory=True)
    made.rmdir()
    assert (made.parent == memory.resolve()) is is_there


def test_without_such_a_file_system_it_lies_with_other_temporary_files(memory: Path) -> None:
    memory.rename(memory.with_name(f"{memory.name}-gone"))
    made = short_directory(None, in_memory=True)
    made.rmdir()
    memory.with_name(f"{memory.name}-gone").rename(memory)
    assert made.parent == Path(tempfile.gettempdir()).resolve()
