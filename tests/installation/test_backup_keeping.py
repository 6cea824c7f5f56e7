"""A machine that backs up each night does not fill up, and never loses its last good backup."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from customers.models import Customer
from shopdesk.backup.keeping import keep_only
from shopdesk.backup.manifest import Manifest, sha256
from shopdesk.backup.refusal import Refused
from shopdesk.backup.taking import take

pytestmark = pytest.mark.django_db(transaction=True)
NIGHTS = [f"shopdesk-2026-01-0{day}T03-10-04Z" for day in (1, 2, 3)]


@pytest.fixture
def newest(customer: Customer, tmp_path: Path) -> Path:
    """The latest of four whole backups."""
    folder, _ = take(tmp_path)
    for night in NIGHTS:
        shutil.copytree(folder, tmp_path / night)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_the_oldest_go_and_so_many_stay(newest: Path, tmp_path: Path) -> None:
    assert [one.name for one in keep_only(2, newest)] == [NIGHTS[1], NIGHTS[0]]
    assert names(tmp_path) == [NIGHTS[2], newest.name]
    assert keep_only(2, newest) == []
    assert names(tmp_path) == [NIGHTS[2], newest.name]


def test_what_is_no_whole_backup_neither_counts_nor_goes(newest: Path, tmp_path: Path) -> None:
    (tmp_path / NIGHTS[2] / "manifest.json").unlink()
    for name in ("photos", f"{NIGHTS[0]}.unfinished"):
        shutil.copytree(newest, tmp_path / name)
    (tmp_path / "shopdesk-2026-01-04T03-10-04Z").write_text("a file")
    assert [one.name for one in keep_only(2, newest)] == [NIGHTS[0]]
    assert (tmp_path / NIGHTS[1]).is_dir()
    assert len(names(tmp_path)) == 6


def test_the_newest_stays_also_where_a_clock_ran_ahead(newest: Path, tmp_path: Path) -> None:
    ahead = tmp_path / "shopdesk-2999-01-01T00-00-00Z"
    shutil.copytree(newest, ahead)
    assert len(keep_only(1, newest)) == 4
    assert names(tmp_path) == [newest.name]


def damaged(newest: Path) -> None:
    (newest / "database.dump").write_bytes(b"PGDMP")


def unreadable(newest: Path) -> None:
    """Damaged before its sum was taken, so that only reading it tells."""
    dump = newest / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    dump.write_bytes(content)
    manifest = Manifest.read(newest).__dict__ | {"database_sha256": sha256(dump)}
    Manifest(**manifest).write(newest)


@pytest.mark.parametrize("break_it", [damaged, unreadable])
def test_a_new_one_that_cannot_be_read_back_costs_none_of_the_others(
    newest: Path, tmp_path: Path, break_it
) -> None:
    break_it(newest)
    with pytest.raises(Refused, match=r"damaged or not whole|cannot be read back"):
        keep_only(1, newest)
    assert names(tmp_path) == [*NIGHTS, newest.name]


def test_the_command_keeps_all_unless_it_is_told_how_many(
    newest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newest.rename(tmp_path / "shopdesk-2026-01-05T03-10-04Z")
    call_command("backup", str(tmp_path))
    assert len(names(tmp_path)) == 5
    made = names(tmp_path)[-1]
    (tmp_path / made).rename(tmp_path / "shopdesk-2026-01-06T03-10-04Z")
    call_command("backup", str(tmp_path), "--keep", "2")
    assert names(tmp_path)[0] == "shopdesk-2026-01-06T03-10-04Z"
    assert len(names(tmp_path)) == 2
    said = capsys.readouterr().out
    assert said.count("removed, 2 are kept") == 4
    assert f"{NIGHTS[0]}: removed, 2 are kept\n" in said


@pytest.mark.parametrize("said", ["0", "-3", "all"])
def test_none_is_not_a_number_to_keep(tmp_path: Path, said: str) -> None:
    with pytest.raises(CommandError, match="How many are to be kept"):
        call_command("backup", str(tmp_path), f"--keep={said}")
    assert names(tmp_path) == []
