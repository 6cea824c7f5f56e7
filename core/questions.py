"""A question before what cannot be taken back by a click: a dialog on the page, or a page itself.

The page has an empty `<div id="question">` and a link to the question's address (`ui/ask_button`).
With scripts the dialog comes there; without, the link leads to the page. The focus is on the answer
by which nothing happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.htmx import render_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, kw_only=True)
class Question:
    """`yes` and `no` are what the buttons say, and `back` is where nothing happens."""

    title: str
    # What will happen, a sentence or a few in each.
    says: Sequence[str]
    yes: str
    no: str
    back: str


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    """What is asked is done by a POST to the address of the question."""
    context = {"page_title": question.title, "question": question, "address": request.path}
    return render_page(request, "ui/question.html", context, partial="question")


def is_sure(request: HttpRequest) -> bool:
    """Whether this is the answer to a question."""
    return request.method == "POST" and "sure" in request.POST
