"""What templates print: amounts, times, initials, fields, the navigation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from core import frame, words
from core.forms import LineField, TextField
from core.pagination import KeysetPage
from core.slots import NavEntry, Slot
from core.templatetags import ui

urlpatterns = [
    path("admin/", lambda request: HttpResponse(), name="home"),
    path("admin/people/", lambda request: HttpResponse(), name="people"),
    path("admin/people/in/", lambda request: HttpResponse(), name="imports"),
]


@pytest.fixture(autouse=True)
def in_berlin() -> Iterator[None]:
    with timezone.override("Europe/Berlin"):
        yield


def rendered(source: str, **context: Any) -> str:
    return " ".join(Template(source).render(Context(context)).split())


class TestWords:
    @pytest.mark.parametrize(
        ("language", "text"),
        [("en", "€1,842.50"), ("de", "1.842,50\xa0€"), ("de-informal", "1.842,50\xa0€")],
    )
    def test_money_reads_as_the_language_writes_it(self, language: str, text: str) -> None:
        with translation.override(language):
            assert words.money(Decimal("1842.50"), "EUR") == text

    @pytest.mark.parametrize(
        ("language", "text"), [("en", "48,213"), ("de", "48.213"), ("de-informal", "48.213")]
    )
    def test_thousands_are_grouped(self, language: str, text: str) -> None:
        with translation.override(language):
            assert words.number(48213) == text

    @pytest.mark.parametrize(("language", "text"), [("en", "2 Nov 2026"), ("de", "2. Nov. 2026")])
    def test_a_day_names_its_month(self, language: str, text: str) -> None:
        with translation.override(language):
            assert words.day(date(2026, 11, 2)) == text

    def test_the_day_of_a_moment_is_the_day_in_the_shops_time_zone(self) -> None:
        with translation.override("en"):
            assert words.day(datetime(2026, 11, 2, 23, 30, tzinfo=UTC)) == "3 Nov 2026"

    def test_what_is_not_known_prints_nothing(self) -> None:
        assert [words.money(None, "EUR"), words.number(None), words.day(None)] == ["", "", ""]
        assert [words.clock(None), words.when(None), words.zone(None)] == [""] * 3

    @pytest.mark.parametrize(
        ("moment", "text"),
        [
            (datetime(2026, 11, 22, 13, 24, tzinfo=UTC), "Today, 14:24"),
            (datetime(2026, 11, 21, 22, 59, tzinfo=UTC), "Yesterday, 23:59"),
            (datetime(2026, 11, 2, 12, 0, tzinfo=UTC), "2 Nov 2026"),
        ],
    )
    def test_a_near_moment_is_told_as_people_tell_it(
        self, moment: datetime, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)
        with translation.override("en"):
            assert f">{text}</time>" in words.when(moment)

    def test_the_full_time_is_in_the_tooltip(self) -> None:
        with translation.override("en"):
            markup = words.when(datetime(2026, 11, 2, 12, 0, tzinfo=UTC))
        assert markup == (
            '<time datetime="2026-11-02T13:00:00+01:00"'
            ' title="Monday, 2 November 2026, 13:00 CET">2 Nov 2026</time>'
        )

    @pytest.mark.parametrize(
        ("zone", "language", "name"),
        [
            ("Europe/Berlin", "de", "MEZ"),
            ("Europe/Berlin", "en", "GMT+01:00"),
            ("America/New_York", "en", "EST"),
            ("Asia/Kolkata", "de", "GMT+05:30"),
        ],
    )
    def test_a_zone_has_a_name_that_readers_elsewhere_understand(
        self, zone: str, language: str, name: str
    ) -> None:
        with translation.override(language), timezone.override(zone):
            assert words.zone(datetime(2026, 11, 2, 12, 0, tzinfo=UTC)) == name

    @pytest.mark.parametrize(
        ("left", "text"),
        [
            (timedelta(seconds=-5), "1 minute"),
            (timedelta(seconds=70), "1 minute"),
            (timedelta(minutes=59, seconds=58), "60 minutes"),
            (timedelta(minutes=119), "119 minutes"),
            (timedelta(hours=30), "30 hours"),
            (timedelta(days=7), "7 days"),
        ],
    )
    def test_time_left_is_counted_in_what_people_count_in(
        self, left: timedelta, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)
        with translation.override("en"):
            assert words.time_left(now + left) == text

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(1, "1 sec"), (119, "119 sec"), (120, "2 min"), (121, "3 min"), (3600, "60 min")],
    )
    def test_a_wait_is_never_said_shorter_than_it_is(self, seconds: int, text: str) -> None:
        with translation.override("en"):
            assert words.span(seconds) == text

    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Jana Müller", "JM"),
            ("Maria del Carmen Ruiz", "MR"),
            ("Åsa", "Å"),
            ("t.gross@example.de", "TG"),
            ("  ", "?"),
            ("(…)", "?"),
        ],
    )
    def test_initials(self, name: str, letters: str) -> None:
        assert words.initials(name) == letters


class TestPieces:
    def test_an_icon_is_an_outline_that_screen_readers_skip(self) -> None:
        svg = ui.outline("users")
        assert isinstance(svg, SafeString)
        assert svg.startswith('<svg width="18" height="18"') or 'class="icon"' in svg
        assert 'aria-hidden="true"' in svg
        assert "style=" not in svg

    def test_a_badge_escapes_what_a_person_typed(self) -> None:
        assert ui.badge("<b>VIP", "ok") == '<span class="badge ok">&lt;b&gt;VIP</span>'

    def test_the_same_name_keeps_its_colour(self) -> None:
        assert ui.avatar("Jana Müller") == ui.avatar("Jana Müller")
        assert 'aria-hidden="true">JM</span>' in ui.avatar("Jana Müller")

    def test_a_menu_wraps_what_stands_inside(self) -> None:
        html = rendered('{% menu "More" %}<a href="/x/">{{ name }}</a>{% endmenu %}', name="<i>")
        assert '<a href="/x/">&lt;i&gt;</a>' in html
        assert "<details" in html

    def test_bad_news_is_read_out(self) -> None:
        html = rendered('{% notice "bad" "Refused" %}{% endnotice %}')
        assert 'role="alert"' in html

    def test_the_pager_keeps_the_search(self) -> None:
        page: KeysetPage[Any] = KeysetPage(next="abc")
        request = RequestFactory().get("/admin/customers/", {"q": "jana", "cursor": "old"})
        html = rendered("{% pager page target='list' %}", page=page, request=request)
        assert 'href="?q=jana&amp;cursor=abc"' in html
        assert 'hx-target="#list"' in html
        assert html.count("<a ") == 1


class Address(forms.Form):
    street = LineField(label="Street", help_text="With the number.", max_length=20)
    note = TextField(required=False)
    agreed = forms.BooleanField(label="Agreed")
    language = forms.ChoiceField(choices=[("de", "Deutsch")], widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)


class TestFields:
    def test_a_sound_field_points_to_its_help(self) -> None:
        html = rendered("{% field form.street %}", form=Address())
        assert 'aria-describedby="id_street_help"' in html
        assert "aria-invalid" not in html

    def test_a_wrong_field_points_to_its_error_and_keeps_what_was_typed(self) -> None:
        html = rendered("{% field form.street %}", form=Address({"street": "x" * 21}))
        assert 'aria-describedby="id_street_help id_street_error"' in html
        assert 'aria-invalid="true"' in html
        assert "x" * 21 in html

    def test_the_cursor_waits_at_the_first_slip_only(self) -> None:
        form = Address({})
        assert " autofocus" in rendered("{% field form.street %}", form=form)
        assert " autofocus" not in rendered("{% field form.agreed %}", form=form)

    def test_one_slip_is_told_at_its_field_alone(self) -> None:
        form = Address({"street": "", "agreed": "on", "language": "de", "version": "1"})
        assert rendered("{% form_errors form %}", form=form) == ""

    def test_an_optional_field_says_so(self) -> None:
        assert "optional" in rendered("{% field form.note %}", form=Address())
        assert "optional" not in rendered("{% field form.street %}", form=Address())

    def test_a_tick_stands_before_its_label(self) -> None:
        html = rendered("{% field form.agreed %}", form=Address())
        assert html.index('type="checkbox"') < html.index("Agreed")

    def test_radios_are_a_group_with_a_name(self) -> None:
        html = rendered("{% field form.language %}", form=Address({"language": "de"}))
        assert "<legend>Language</legend>" in html
        assert 'value="de" id="id_language_0" checked' in html

    def test_a_group_that_is_not_theirs_to_change_is_shown_and_cannot_be_ticked(self) -> None:
        form = Address({"language": "de"})
        form.fields["language"].disabled = True
        html = rendered("{% field form.language %}", form=form)
        assert html.count('type="radio"') == html.count(" disabled") == 1

    def test_the_summary_names_hidden_trouble_and_links_to_what_is_seen(self) -> None:
        with translation.override("en"):
            html = rendered("{% form_errors form %}", form=Address({"version": "x"}))
        assert "Enter a whole number." in html
        assert 'href="#id_street"' in html

    def test_a_sound_form_has_no_summary(self) -> None:
        assert rendered("{% form_errors form %}", form=Address()) == ""

    def test_a_line_has_no_line_breaks(self) -> None:
        assert LineField().clean(" Jana\r\n\t Müller\x07 ") == "Jana Müller"

    def test_a_text_keeps_its_paragraphs(self) -> None:
        assert TextField().clean("one\r\n\r\ntwo") == "one\n\ntwo"


@pytest.mark.urls(__name__)
class TestNavigation:
    @pytest.fixture
    def slot(self, monkeypatch: pytest.MonkeyPatch) -> Slot[NavEntry]:
        slot: Slot[NavEntry] = Slot("test")
        monkeypatch.setattr(frame, "navigation", slot)
        slot.add(NavEntry("Home", "home"))
        slot.add(NavEntry("People", "people", count=lambda user: 3))
        slot.add(NavEntry("Imports", "imports", parent="people"))
        return slot

    def shown(self, path: str, role: str = "agent") -> dict[str, Any]:
        request = RequestFactory().get(path)
        facts = {"is_anonymous": not role, "kind": "staff", "is_active": True, "role": role}
        request.user = SimpleNamespace(**facts)  # type: ignore[assignment]  # all that is asked of it
        return frame.navigation_for(request)

    def test_a_child_stands_below_its_parent(self, slot: Slot[NavEntry]) -> None:
        home, people = self.shown("/admin/people/7/")["lines"]
        assert [child.entry.label for child in people.children] == ["Imports"]
        assert (home.is_current, people.is_current, people.is_open) == (False, True, True)
        assert people.count == 3

    def test_the_deepest_line_is_current_and_opens_its_section(self, slot: Slot[NavEntry]) -> None:
        _, people = self.shown("/admin/people/in/4/")["lines"]
        assert (people.is_current, people.is_open) == (False, True)
        assert people.children[0].is_current is True

    def test_home_is_current_on_itself_alone(self, slot: Slot[NavEntry]) -> None:
        assert self.shown("/admin/")["lines"][0].is_current is True
        assert self.shown("/admin/profile/")["lines"][0].is_current is False

    def test_only_what_exists_and_may_be_opened_is_shown(self, slot: Slot[NavEntry]) -> None:
        slot.add(NavEntry("Reviews", "reviews"))
        slot.add(NavEntry("Secrets", "people", allowed=lambda user: False))
        assert [line.entry.label for line in self.shown("/")["lines"]] == ["Home", "People"]

    def test_a_stranger_sees_no_line(self, slot: Slot[NavEntry]) -> None:
        assert self.shown("/admin/", role="")["lines"] == []

    def test_the_phones_bar_keeps_its_last_place_for_the_rest(self, slot: Slot[NavEntry]) -> None:
        for number in range(4):
            slot.add(NavEntry(f"More {number}", "people"))
        shown = self.shown("/admin/")
        assert [len(shown["bar"]), len(shown["more"])] == [4, 2]
