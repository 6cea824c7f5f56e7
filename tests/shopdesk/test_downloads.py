"""Files through the ASGI door, with all middleware: flat memory, and no harm by slow readers."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.core.asgi import get_asgi_application
from django.db import connections
from django.http import HttpRequest
from django.test import Client
from django.urls import include, path

from core import downloads
from core.downloads import download
from core.readers import attended, places
from customers.models import Customer
from events.models import Event
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.lines import Line, asking, connections_as_at_the_door, ended

if TYPE_CHECKING:
    from accounts.models import User

EXPORTS = "/admin/customers/exports/"
ROW = "x" * 99 + "\n"
MANY = 200_000


class Rows:
    """Lines of a hundred signs; knows how many were asked for, and whether they were closed."""

    def __init__(self) -> None:
        self.pulled = 0
        self.is_closed = False
        self.connection: Any = None
        self.fails_at = MANY

    def __call__(self) -> Iterator[list[object]]:
        self.connection = connections["default"]
        try:
            for number in range(MANY):
                if number % 1000 == 0:
                    Customer.objects.exists()
                if number == self.fails_at:
                    raise ZeroDivisionError
                self.pulled += 1
                yield [ROW.strip()]
        finally:
            self.is_closed = True

    def are_given_back(self) -> bool:
        """Closed, their connection returned, and their place free for somebody else."""
        return self.is_closed and self.connection.connection is None and places.taken() == 0


rows = Rows()


def many_rows(request: HttpRequest) -> Any:
    return download(request, "rows.csv", rows)  # type: ignore[arg-type]  # signed in


urlpatterns = [path("admin/rows/", many_rows), path("", include("shopdesk.urls"))]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def at_the_door(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DOWNLOAD_SECONDS = settings.DOWNLOAD_STALL_SECONDS = 20
    settings.DOWNLOADS_AT_ONCE = 3
    monkeypatch.setattr(f"{__name__}.rows", Rows())
    with connections_as_at_the_door():
        yield
    assert places.taken() == 0


def cookies_of(browser: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


def asked_by(user: User, *, language: str = "en") -> Line:
    return Line("/admin/rows/", cookie=cookies_of(sign_in(user)), accept_language=language)


def test_two_hundred_thousand_rows_are_made_as_they_are_taken(lead: User) -> None:
    line = asked_by(lead)
    ahead = []

    async def take_slowly() -> None:
        async with asking(attended(get_asgi_application()), line):
            while await line.take():
                ahead.append(rows.pulled - line.line_count)

    asyncio.run(take_slowly())
    assert (line.status, line.is_whole, line.line_count) == (200, True, MANY)
    assert max(ahead) <= 3 * downloads.PIECE / len(ROW)
    assert rows.are_given_back()


def test_who_takes_next_to_nothing_is_ended_and_everything_given_back(
    lead: User, settings: Any
) -> None:
    settings.DOWNLOAD_STALL_SECONDS = 0.2
    line = asked_by(lead)

    async def stop_taking() -> None:
        async with asking(attended(get_asgi_application()), line) as answering:
            await line.take()
            await line.take()
            assert rows.connection.connection is not None
            await ended(answering)

    asyncio.run(stop_taking())
    assert (line.status, line.is_whole, rows.are_given_back()) == (200, False, True)
    assert rows.pulled < MANY


def test_who_hangs_up_in_the_middle_frees_everything_at_once(lead: User) -> None:
    line = asked_by(lead)

    async def hang_up() -> None:
        async with asking(attended(get_asgi_application()), line) as answering:
            for _piece in range(5):
                await line.take()
            line.hang_up()
            await ended(answering)

    asyncio.run(hang_up())
    assert (rows.are_given_back(), rows.pulled < MANY) == (True, True)


# Django leaves the request's body to the garbage then.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_that_breaks_off_is_not_whole_and_gives_everything_back(lead: User) -> None:
    """The database restarts, say. Django itself would keep the connection for ever."""
    rows.fails_at = 5000
    line = asked_by(lead)

    async def take_what_there_is() -> None:
        async with asking(attended(get_asgi_application()), line) as answering:
            taking = asyncio.ensure_future(line.take_all())
            with pytest.raises(ZeroDivisionError):
                await ended(answering)
            taking.cancel()

    asyncio.run(take_what_there_is())
    gc.collect()
    assert (line.status, line.is_whole, rows.are_given_back()) == (200, False, True)


@pytest.mark.parametrize(
    ("language", "own", "everybodys"),
    [
        ("en", "Your earlier downloads are still running", "Many files are being downloaded"),
        ("de", "Ihre früheren Downloads laufen noch", "Gerade werden viele Dateien"),
    ],
)
def test_one_more_is_asked_to_wait(
    lead: User, owner: User, language: str, own: str, everybodys: str
) -> None:
    running = [asked_by(lead), asked_by(lead), asked_by(owner)]
    refused = [asked_by(lead, language=language), asked_by(owner, language=language)]

    async def ask_for_more() -> None:
        application = attended(get_asgi_application())
        async with (
            asking(application, running[0]),
            asking(application, running[1]),
            asking(application, running[2]),
        ):
            for line in running:
                await line.take()
            for line in refused:
                async with asking(application, line):
                    await line.take_all()

    asyncio.run(ask_for_more())
    assert [line.status for line in running] == [200, 200, 200]
    assert [(line.status, line.headers["Retry-After"]) for line in refused] == [(429, "60")] * 2
    assert [own in refused[0].text, everybodys in refused[1].text] == [True, True]
    assert "Cache-Control" in refused[0].headers


@pytest.mark.parametrize(
    ("who", "has_token", "status"),
    [("owner", True, 200), ("lead", True, 200), ("agent", True, 403), ("lead", False, 403)],
)
def test_the_customers_list_is_as_well_guarded_as_at_the_other_door(
    cast: dict[str, User], who: str, has_token: bool, status: int
) -> None:
    CustomerFactory(first_name="Jana")
    line = posted_by(cast[who], has_token=has_token)

    async def export() -> None:
        async with asking(attended(get_asgi_application()), line):
            await line.take_all()

    asyncio.run(export())
    assert (line.status, "Jana" in line.text) == (status, status == 200)
    assert Event.objects.filter(name="user.exported_customers").count() == (status == 200)


def test_what_was_refused_for_want_of_room_leaves_no_mark_in_the_log(
    lead: User, settings: Any
) -> None:
    settings.DOWNLOADS_EACH = 0
    line = posted_by(lead, has_token=True)

    async def export() -> None:
        async with asking(attended(get_asgi_application()), line):
            await line.take_all()

    asyncio.run(export())
    assert line.status == 429
    assert not Event.objects.filter(name="user.exported_customers").exists()


def posted_by(user: User, *, has_token: bool) -> Line:
    browser = sign_in(user)
    browser.get("/admin/customers/")
    token = next(
        (one.value for name, one in browser.cookies.items() if name.startswith("csrf")), ""
    )
    body = f"csrfmiddlewaretoken={token if has_token else 'made-up'}".encode()
    form = "application/x-www-form-urlencoded"
    return Line(EXPORTS, body=body, cookie=cookies_of(browser), content_type=form)
