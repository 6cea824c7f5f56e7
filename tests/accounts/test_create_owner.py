"""`manage.py create_owner`: how the first person comes in."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import StaffLink, User

NEW = "Espresso-am-Morgen-3"


def test_the_first_owner_comes_in_by_a_printed_link(
    db: None, stranger: Client, worker: Any
) -> None:
    out = StringIO()
    call_command("create_owner", "Chefin@Desk.example", stdout=out)
    path = out.getvalue().strip().removeprefix("http://127.0.0.1:8000")
    stranger.get(path)
    stranger.post("/admin/link/", {"name": "Chefin", "password": NEW})
    owner = User.objects.get()
    assert (owner.email, owner.role, owner.name) == ("chefin@desk.example", "owner", "Chefin")
    assert (
        stranger.post("/admin/login/", {"email": owner.email, "password": NEW}).status_code == 302
    )
    assert worker() == []


def test_the_command_again_prints_a_new_link_for_the_same_owner(owner: User) -> None:
    out = StringIO()
    call_command("create_owner", owner.email, stdout=out)
    assert User.objects.count() == 1
    assert StaffLink.objects.open().get().user == owner


@pytest.mark.parametrize("email", ["no address", "anna@desk.example"])
def test_the_command_refuses_what_it_cannot_mean(agent: User, email: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_owner", email, stdout=StringIO())
