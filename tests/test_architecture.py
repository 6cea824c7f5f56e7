"""The rules that hold the code together. Each names the one thing that broke it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
APPS = [
    "core",
    "events",
    "lists",
    "shop",
    "notifications",
    "customers",
    "accounts",
    "products",
    "orders",
    "shopdesk",
]
CODE = [*APPS, "tests", "benchmarks"]
LONGEST_MODULE = 300
LONGEST_FUNCTION = 25
LONGEST_TEMPLATE = 90
NAMES_THAT_SAY_NOTHING = {"services", "utils", "helpers", "common", "managers", "misc", "tools"}
# A style sheet is a file, and files have no slash behind them. Monitors look for /metrics.
FILES = {"theme.css", "metrics"}


@cache
def modules() -> list[Path]:
    found = [path for app in CODE for path in (ROOT / app).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


@cache
def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def line_count(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_lower_apps_never_import_upper_ones(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


def test_lower_apps_never_name_models_of_upper_ones() -> None:
    """Relations are strings, which import-linter does not see. The one exception is the user."""
    broken = []
    for place, app in enumerate(APPS):
        upper = "|".join(APPS[place + 1 :])
        if not upper:
            continue
        reference = re.compile(rf"[\"'](?:{upper})\.(?!User[\"'])[A-Z]\w+[\"']")
        broken += [
            name_of(path)
            for path in (ROOT / app).rglob("*.py")
            if reference.search(path.read_text())
        ]
    assert broken == []


def test_modules_are_short_enough_to_be_read() -> None:
    assert {
        name_of(path): line_count(path) for path in modules() if line_count(path) > LONGEST_MODULE
    } == {}


def test_functions_are_short_enough_to_be_understood() -> None:
    long = {}
    for path in modules():
        if path.parts[len(ROOT.parts)] in {"tests", "benchmarks"}:
            continue
        for function, length in functions(path):
            if length > LONGEST_FUNCTION:
                long[f"{name_of(path)}: {function}"] = length
    assert long == {}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with the lines of its body, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_docstring = ast.get_docstring(node) is not None
            body = node.body[1:] if has_docstring else node.body
            if body:
                yield node.name, (node.end_lineno or 0) - body[0].lineno + 1


def test_templates_are_short_enough_to_be_seen_at_once() -> None:
    assert {
        name_of(path): line_count(path)
        for path in templates()
        if line_count(path) > LONGEST_TEMPLATE
    } == {}


def test_module_names_say_what_is_in_them() -> None:
    assert [name_of(path) for path in modules() if path.stem in NAMES_THAT_SAY_NOTHING] == []


@pytest.mark.parametrize(
    "forbidden",
    [
        r"<style\b",
        r"\sstyle\s*=",
        r"<script(?![^>]*\bsrc=)",
        r"\son[a-z]+\s*=\s*[\"']",
        r"\bhx-on\b",
        r"hx-vals\s*=\s*[\"']js:",
        r"javascript:",
        r"\|safe\b",
        r"{%\s*autoescape off",
        r"(?:src|href)\s*=\s*[\"']https?://",
    ],
)
def test_templates_hold_nothing_that_the_browser_would_have_to_trust(forbidden: str) -> None:
    pattern = re.compile(forbidden, re.IGNORECASE)
    assert [name_of(path) for path in templates() if pattern.search(path.read_text())] == []


def test_every_address_ends_in_a_slash() -> None:
    routes = [str(pattern.pattern) for pattern in patterns(get_resolver())]
    assert [
        route for route in routes if route and not route.endswith("/") and route not in FILES
    ] == []


def test_every_page_has_a_name_of_its_own() -> None:
    names = [pattern.name for pattern in patterns(get_resolver())]
    assert [name for name in names if name is None or names.count(name) > 1] == []


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def test_views_of_staff_customers_and_machines_stand_in_files_of_that_name() -> None:
    """`desk.py`, `storefront_links.py`, `desk/pages.py`, `importing/desk.py`, `api.py`; those of
    the project itself may stand elsewhere."""
    strays = set()
    for pattern in patterns(get_resolver()):
        app, _, rest = pattern.callback.__module__.partition(".")
        if (
            app in APPS
            and app != "shopdesk"
            and not re.match(
                r"((importing|bulk|duplicates)\.)?(desk|storefront|api|demo)(_\w+)?(\.|$)", rest
            )
        ):
            strays.add(pattern.callback.__module__)
    assert strays == set()


def test_nobody_prints() -> None:
    """A log line has an id and no addresses; a print has neither."""
    loud = []
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            is_command = {"launcher", "commands", "management"} & set(path.parts)
            if not is_command and path.name != "translations.py" and prints(path):
                loud.append(name_of(path))
    assert loud == []


def prints(path: Path) -> bool:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)
