"""What each row of a list is drawn with."""

from __future__ import annotations

from typing import Any

from django.template import Context, Template


def rendered(source: str, **context: Any) -> str:
    return " ".join(Template(source).render(Context(context)).split())


def test_a_row_has_a_menu_that_is_fetched_and_a_box() -> None:
    menu = rendered("{% row_menu name '/x/' %}", name="<i>Jana")
    assert 'hx-get="/x/"' in menu
    assert '<span class="visually-hidden">Actions for &lt;i&gt;Jana</span>' in menu
    assert '<div class="list"><div class="who"><span>Loading…</span></div></div>' in menu
    box = rendered("{% pick 'customer' 7 name form='bulk' %}", name="<i>Jana")
    assert 'name="customer" value="7" form="bulk"' in box
    assert '<span class="visually-hidden">Choose &lt;i&gt;Jana</span>' in box
