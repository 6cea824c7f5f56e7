"""Numbers and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from core import words


@pytest.mark.parametrize(
    ("language", "moment", "text"),
    [
        ("en", datetime(2026, 11, 22, 13, 24, tzinfo=UTC), "14:24"),
        ("en", datetime(2026, 11, 22, 23, 10, tzinfo=UTC), "tomorrow, 00:10"),
        ("de", datetime(2026, 11, 22, 23, 10, tzinfo=UTC), "morgen um 00:10"),
        ("en", datetime(2026, 11, 23, 23, 10, tzinfo=UTC), "24 Nov 2026, 00:10"),
        ("de", datetime(2026, 11, 21, 22, 59, tzinfo=UTC), "21. Nov. 2026, 23:59"),
    ],
)
def test_a_time_of_another_day_names_the_day(
    language: str, moment: datetime, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    with translation.override(language):
        assert (words.moment(moment), words.moment(None)) == (text, "")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 21, 22, 59, tzinfo=UTC), "Yesterday, 23:59"),
        (datetime(2026, 11, 22, 22, 59, tzinfo=UTC), "Today, 23:59"),
        (datetime(2026, 11, 22, 23, 10, tzinfo=UTC), "Tomorrow, 00:10"),
        (datetime(2026, 11, 23, 23, 10, tzinfo=UTC), "24 Nov 2026"),
    ],
)
def test_a_time_alone_names_the_days_around_today(
    moment: datetime, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    with translation.override("en"):
        assert f">{text}</time>" in words.when(moment)


@pytest.mark.parametrize("nothing", [-0.0, Decimal("-0")])
def test_a_zero_has_no_sign_and_gives_none_to_later_ones(nothing: Decimal | float) -> None:
    with translation.override("en"):
        assert [words.number(value) for value in (nothing, 0, Decimal(0))] == ["0", "0", "0"]
