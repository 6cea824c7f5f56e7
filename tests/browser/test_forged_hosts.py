"""Requests that no browser sends, on a bare line to the running desk: links keep their host."""

from __future__ import annotations

import http.client
import re
import urllib.parse
import urllib.request

import pytest

from tests.browser.demo import Desk
from tests.browser.people import link_in, new_address

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PAGE = "/account/register/"


def register(desk: Desk, email: str, *, target: str, hosts: list[str]) -> int:
    """Send the page's form to a request target of one's own, with Host headers of one's own."""
    with urllib.request.urlopen(desk.url + PAGE, timeout=10) as page:
        found, cookie = TOKEN.search(page.read().decode()), page.headers["Set-Cookie"]
    assert found is not None
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": found[1], "email": email})
    line = http.client.HTTPConnection(urllib.parse.urlsplit(desk.url).netloc, timeout=10)
    line.putrequest("POST", target, skip_host=True)
    for host in hosts:
        line.putheader("Host", host)
    line.putheader("Cookie", cookie.partition(";")[0])
    line.putheader("Content-Type", "application/x-www-form-urlencoded")
    line.putheader("Content-Length", str(len(body)))
    line.endheaders(body.encode())
    status = line.getresponse().status
    line.close()
    return status


@pytest.mark.parametrize("order", ["ours first", "theirs first"])
def test_two_hosts_are_refused(desk: Desk, order: str) -> None:
    email, ours = new_address("zwei"), urllib.parse.urlsplit(desk.url).netloc
    hosts = [ours, "evil.example"] if order == "ours first" else ["evil.example", ours]
    assert register(desk, email, target=PAGE, hosts=[ours]) == 200  # the form itself is right
    assert register(desk, email, target=PAGE, hosts=hosts) == 400


def test_a_whole_address_as_the_target_changes_no_link(desk: Desk) -> None:
    email, ours = new_address("ganz"), urllib.parse.urlsplit(desk.url).netloc
    assert register(desk, email, target=f"http://evil.example{PAGE}", hosts=[ours]) == 200
    mail = desk.next_mail_to(email, known=0)
    assert link_in(mail).startswith(f"{desk.url}/account/confirm/")
    assert "evil.example" not in mail["text"] + mail["html"]
