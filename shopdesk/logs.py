"""Structured logs: a JSON object a line, with the request's id, without personal data or tokens."""

from __future__ import annotations

import logging.config
from typing import Any

import structlog

from core.logs import RouteInsteadOfPath, ToldAlready, scrub

# Values of these keys never reach a log, whoever passes them.
REDACTED_KEYS = frozenset(
    {"email", "to", "address", "password", "token", "link", "name", "phone", "url"}
)


def redact(_logger: object, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Blank what could identify a person or open an account."""
    for key in REDACTED_KEYS & entry.keys():
        entry[key] = "[redacted]"
    return entry


# Every line passes through these, ours and the libraries' alike.
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    redact,
]


def logging_config(*, debug: bool, level: str) -> dict[str, Any]:
    """Configure structlog and the standard library to share one output, and return the latter."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    config: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"routes": {"()": RouteInsteadOfPath}, "told": {"()": ToldAlready}},
        "formatters": {"structured": _formatter(debug=debug)},
        "handlers": {"out": OUTPUT},
        "root": {"handlers": ["out"], "level": level},
        "loggers": LEVELS,
    }
    logging.config.dictConfig(config)
    logging.captureWarnings(capture=True)
    return config


OUTPUT = {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["routes"]}
# Without handlers of its own a library's line goes the way of ours.
OURS: dict[str, Any] = {"handlers": [], "propagate": True, "level": "INFO"}
LEVELS = {
    "uvicorn": OURS,
    "uvicorn.error": {**OURS, "filters": ["told"]},
    # Its lines carry full paths, and with them tokens.
    "uvicorn.access": {**OURS, "level": "WARNING"},
    "django.request": {"level": "ERROR"},
}


def _formatter(*, debug: bool) -> dict[str, Any]:
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer()
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            scrub,
            renderer,
        ],
        "foreign_pre_chain": SHARED,
    }
