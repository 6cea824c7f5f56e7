"""A browser without a screen: forms, cookies and redirects over plain HTTP."""

from __future__ import annotations

import itertools
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar

_visitors = itertools.count(1)
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    text: str


@dataclass(frozen=True)
class Form:
    """A page with a form on it, opened: where it is, and the token that sending it needs."""

    url: str
    token: str


class NoForm(AssertionError):
    """The page is not the one with the form: an outage, say."""


class _NotFollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_answer: object) -> None:
        return None


class Visitor:
    """Follows redirects as a browser does. A refused connection is an Answer with status 0."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._jar = CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self._jar)
        self._opener = urllib.request.build_opener(cookies)
        self._staying = urllib.request.build_opener(cookies, _NotFollowed)
        # Each visitor calls from an address of their own, so that they do not share one limit.
        number = next(_visitors)
        place = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        address = [("X-Forwarded-For", place)]
        self._opener.addheaders = self._staying.addheaders = address

    def cookies(self) -> set[str]:
        """What the cookies hold by now: whoever has that is taken for this visitor."""
        return {str(cookie.value) for cookie in self._jar}

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self._url(path)))

    def send(self, path: str, **fields: str) -> Answer:
        """Open the page with the form, fill it in and send it to where it came from."""
        form = self.form_on(path)
        return self.post(form.url, form, **fields)

    def form_on(self, path: str) -> Form:
        page = self.get(path)
        found = CSRF.search(page.text)
        if not found:
            raise NoForm(f"{path}: {page.status}")
        return Form(page.url, found.group(1))

    def post(self, path: str, form: Form, **fields: str) -> Answer:
        return self._ask(self._filled_in(path, form, fields))

    def send_off(self, path: str, form: Form, **fields: str) -> Answer:
        """Send the form, and go nowhere afterwards."""
        return self._ask(self._filled_in(path, form, fields), by=self._staying)

    def _filled_in(self, path: str, form: Form, fields: dict[str, str]) -> urllib.request.Request:
        sent = urllib.parse.urlencode({"csrfmiddlewaretoken": form.token, **fields}).encode()
        return urllib.request.Request(self._url(path), data=sent, headers={"Referer": form.url})

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path

    def _ask(
        self, request: urllib.request.Request, *, by: urllib.request.OpenerDirector | None = None
    ) -> Answer:
        try:
            with (by or self._opener).open(request, timeout=30) as answer:
                return Answer(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.url, error.read().decode())
        except (urllib.error.URLError, OSError):
            return Answer(0, request.full_url, "")
