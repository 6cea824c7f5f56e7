"""The line between workers and their broker: kombu's, without two ways in which it ends one.

When a broker dies in an unlucky moment, kombu closes a channel twice; the second time it wants to
give unacknowledged messages back over a line that no longer knows where it led, and the error that
follows is none that a worker expects: the worker ends.

When a broker stalls, "done" may not reach it. kombu then counts the message as in work for ever,
and a worker that has as many of them as processes asks for no further one: it lives, and idles.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis, virtual


class PatientQoS(redis.QoS):
    def ack(self, delivery_tag: str) -> None:
        """Whether the broker hears it or not, there is room for the next message.

        What it has not heard of comes again after `visibility_timeout`, and finds its row done.
        """
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def restore_unacked(self, client: Any = None) -> None:
        """Give messages back while there is a line; their rows are in the database anyway."""
        delivered: Any = self._delivered
        line: Any = self.channel.connection
        if line is not None and line.client is not None:
            with suppress(*line.connection_errors):
                super().restore_unacked(client)
        delivered.clear()


class PatientChannel(redis.Channel):
    QoS = PatientQoS


class PatientTransport(redis.Transport):
    Channel = PatientChannel


def use_it() -> None:
    """Whatever begins with redis:// or redis+socket:// goes through here, in this process."""
    TRANSPORT_ALIASES["redis"] = "events.transport:PatientTransport"
