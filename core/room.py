"""Room on the interpreter's own stack: one large piece of it for everything called below.

CPython keeps the frames of running functions in pieces of 16 kB. A loop that happens to call across
the end of one takes a piece from the kernel and gives it back with every call (CPython issue
142183; later releases of 3.13 and 3.14 keep one at hand). A list page, whose templates are rendered
deep in the stack, did so four thousand times: half of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FunctionType

    from django.http import HttpRequest, HttpResponse

Returned = TypeVar("Returned")

# In words of 8 bytes. Pieces are powers of two, so a frame of this size leaves nearly as much for
# the calls below: half a megabyte of addresses, of which the kernel gives what is touched.
ROOM_WORDS = 2**16


def with_room(function: Callable[..., Returned]) -> Callable[..., Returned]:
    """The same function, with a frame so large that a piece of its own is made for it."""
    written: FunctionType | Any = function
    written.__code__ = written.__code__.replace(co_stacksize=ROOM_WORDS)
    return function


def room_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The outermost middleware: all others, and the page itself, run within its room."""

    @with_room
    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return respond
