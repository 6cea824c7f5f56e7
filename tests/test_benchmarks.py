"""What benchmarks measure with: the rows they make, the figures they draw, the goals they set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import watching
from benchmarks.exports import Files
from benchmarks.harness import GaveUp, alternate, compare, given_up, within
from benchmarks.people import people


def test_two_exports_of_a_shop_are_the_same(tmp_path: Path) -> None:
    def written(folder: str) -> list[bytes]:
        files = Files(tmp_path / folder, customers=40, orders=120, sample=10, products=30)
        files.folder.mkdir()
        files.write_customers()
        files.write_orders()
        files.write_products()
        return [place.read_bytes() for place in sorted(files.folder.iterdir())]

    assert written("one") == written("other")


def test_who_gives_up_meets_no_goal() -> None:
    def give_up() -> None:
        raise GaveUp

    ours, naive = alternate(give_up, lambda: None, rounds=4, every=2)
    assert (ours.missed, naive.missed, len(ours.seconds), len(naive.seconds)) == (4, 0, 4, 2)
    line = given_up(compare("search", 1, 100, goal=0.05), ours.missed)
    assert (line.met, line.name) == (False, "search, gave up 4 times")


def test_two_runs_measure_the_same_people() -> None:
    assert list(people(50)) == list(people(50))


def test_only_old_rows_carry_the_old_names() -> None:
    everybody = list(people(100))
    old = {one.number for one in everybody if one.last_name in {"Xylander", "Yorck", "Zwirner"}}
    assert old
    assert max(old) <= 10


def test_a_goal_is_met_up_to_its_ratio_and_no_further() -> None:
    assert [compare("a", 5, 100, goal=0.05).met, compare("a", 6, 100, goal=0.05).met] == [
        True,
        False,
    ]
    assert [within("a", 1000, 1000).met, within("a", 1001, 1000).met] == [True, False]


@pytest.mark.parametrize(("children", "pages"), [("2", 42), ("3", 40), (None, 40)])
def test_memory_counts_the_children_that_are_known_and_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: str | None, pages: int
) -> None:
    """Some kernels do not tell which they are."""
    monkeypatch.setattr(watching, "PROC", tmp_path)
    for pid, held in (("1", 40), ("2", 2)):
        task = tmp_path / pid / "task" / pid
        task.mkdir(parents=True)
        (tmp_path / pid / "statm").write_text(f"90 {held} 1 1 0 1 0")
        if children is not None:
            (task / "children").write_text(f"{children} " if pid == "1" else "")
    assert watching.memory_of(1) == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
