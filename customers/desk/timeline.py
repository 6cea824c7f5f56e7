"""Notes, mentions, letters, and older lines of the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.desk.sections import (
    PAGE,
    is_on_the_page_of,
    rights,
    show_section,
    timeline_section,
)
from customers.forms import LetterForm, NoteForm
from customers.letter_trail import trails_of
from customers.masking import as_seen_by
from customers.mentions import colleagues, mentioned_in
from customers.models import CannotWrite, Letter, Mention, Note, TooLateToEdit
from customers.permissions import (
    can_delete_note,
    can_edit_customers,
    can_see_customers,
    can_write_to_customers,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_safe
def older(request: DeskRequest, pk: int) -> HttpResponse:
    """The next page of the timeline, on a page of its own without htmx."""
    customer = as_seen_by(request.user, get_unmasked(request, pk))
    require(can_see_customers(request.user))
    context = {
        "page_title": _("Timeline of %(name)s") % {"name": customer.name},
        **rights(request.user),
        **timeline_section(request, customer),
    }
    return render_page(request, "customers/timeline.html", context, partial="timeline_lines")


@require_POST
def note_add(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A note has between 1 and 5,000 characters."))
        return show_section(request, customer, "timeline", note_form=form)
    text = form.cleaned_data["text"]
    mentioned = mentioned_in(text, colleagues(request.user))
    Note.write(customer, by=request.user, text=text, mentioned=mentioned)
    return show_section(request, customer, "timeline")


@require_http_methods(["GET", "HEAD", "POST"])
def note_edit(request: DeskRequest, pk: int, note_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    note = get_object_or_404(Note, pk=note_id, customer=customer)
    require(note.author_id == request.user.pk)
    form = NoteForm(request.POST or None, initial={"text": note.text})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            note.edit(text, by=request.user, mentioned=mentioned_in(text, colleagues(request.user)))
        except TooLateToEdit:
            messages.error(request, _("Notes can be edited for five minutes. Leave another one."))
        return show_section(request, customer, "timeline")
    context = {
        "page_title": _("Edit note"),
        "customer": as_seen_by(request.user, customer),
        "note": note,
        "form_id": f"note-{note.pk}",
        "form": form,
        "is_inline": is_on_the_page_of(customer, request),
        "part": "customers/_note_edit.html",
    }
    page, status = "customers/form_page.html", 422 if form.is_bound else 200
    return render_page(request, page, context, partial="note_edit", status=status)


@require_POST
def note_removal(request: DeskRequest, pk: int, note_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    note = get_object_or_404(Note, pk=note_id, customer=customer)
    require(can_delete_note(request.user, note) or note.deleted_at is not None)
    note.delete_for_good(by=request.user)
    return show_section(request, customer, "timeline")


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: DeskRequest, pk: int) -> HttpResponse:
    """Write to the customer: a mail to their primary address, kept on the timeline."""
    customer = get_unmasked(request, pk)
    require(can_write_to_customers(request.user))
    form = LetterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            Letter.write(customer, by=request.user, **form.cleaned_data)
        except CannotWrite:
            messages.error(request, _("This customer has no e-mail address."))
        else:
            messages.success(request, _("The message is on its way."))
        return redirect_page(request, "customer_detail", pk=pk)
    name = {"name": customer.name}
    context = {"page_title": _("Write to %(name)s") % name, "customer": customer, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "customers/letter.html", context, status=status)


@require_safe
def letter_state(request: DeskRequest, pk: int, letter_id: int) -> HttpResponse:
    """How far a letter's mail is: the timeline asks while it leaves."""
    customer = get_unmasked(request, pk)
    require(can_see_customers(request.user))
    written = get_object_or_404(Letter, pk=letter_id, customer=customer)
    if not request.htmx:
        return redirect_page(request, f"{reverse('customer_detail', args=[pk])}#timeline")
    context = {"customer": customer, "trail": trails_of([written])[letter_id]}
    return render_page(request, PAGE, context, partial="letter_state")


@require_POST
def mention_seen(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a mention off one's Home."""
    mention = get_object_or_404(Mention, pk=pk, user=request.user)
    mention.see(by=request.user)
    return redirect_page(request, "home")
