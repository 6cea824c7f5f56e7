"""The image: pinned, without secrets, with everything the desk needs and nothing else."""

from __future__ import annotations

import re
import subprocess

from django.conf import settings

from tests.installation.compose import ROOT, services

DOCKERFILE = (ROOT / "Dockerfile").read_text()
INSTRUCTION = re.compile(r"^([A-Z]+) (.*(?:\\\n.*)*)", re.MULTILINE)


def instructions(word: str) -> list[str]:
    return [rest for name, rest in INSTRUCTION.findall(DOCKERFILE) if name == word]


def stages() -> dict[str, str]:
    """Stage by name, with its lines."""
    parts = re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0].rpartition(" AS ")[2]: part for part in parts}


def test_every_base_image_stays_at_a_version() -> None:
    assert [
        base
        for base in instructions("FROM")
        if not re.match(r"\w+:\d+\.\d+\.\d+-\S+ AS \w+$", base)
    ] == []
    # One Python: what was installed in the first stage runs in the second.
    assert len({base.split()[0] for base in instructions("FROM") if base.startswith("python")}) == 1


def test_packages_are_installed_by_their_hashes() -> None:
    assert "--no-deps --require-hashes -r /opt/shopdesk/requirements.txt" in stages()["build"]
    assert "requirements-dev" not in DOCKERFILE


def test_what_runs_is_nobody_in_particular() -> None:
    for name in ("desk", "proxy"):
        last = [line for line in stages()[name].splitlines() if line.startswith("USER ")][-1]
        assert last == "USER 10001:10001", name


def test_no_secret_is_kept_in_a_layer() -> None:
    kept = [text for word in ("ENV", "ARG", "LABEL") for text in instructions(word)]
    assert [text for text in kept if re.search(r"(KEY|PASSWORD|TOKEN)\b", text)] == []
    # Made up while the command runs, and gone with it.
    made_up = re.findall(r"(?:SECRET|LINK)_KEY=(\S+)", DOCKERFILE)
    assert made_up == ['"$(python'] * 2


def test_translations_and_static_files_are_made_when_the_image_is() -> None:
    assert "manage.py compile_translations" in stages()["build"]
    assert "manage.py collectstatic --no-input" in stages()["build"]


def test_what_enters_the_image_is_listed_and_holds_every_app() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    ours = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}
    assert allowed == ours | {
        "manage.py", "requirements.txt", "templates", "static", "locale", "deploy/Caddyfile",
    }  # fmt: skip


def test_everything_the_image_takes_is_kept_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    missing = [
        place
        for place in allowed
        if not any(one == place or one.startswith(f"{place}/") for one in listed)
    ]
    assert missing == []


def test_backups_are_made_by_programs_of_the_databases_own_version() -> None:
    client = re.search(r"postgresql-client-(\d+)", DOCKERFILE)
    server = re.match(r"postgres:(\d+)", services()["database"]["image"])
    assert client
    assert server
    assert client[1] == server[1]
