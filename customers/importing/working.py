"""The work on an import, step by step: read, mark repeats, check, write, finish.

Each step begins where the last one ended, and may be done again (`customers.turns`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from functools import partial

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.importing.ahead import Ahead, TooSoon, going_ahead
from customers.importing.chunks import refresh_statistics, take_chunk, tally, tidy_indexes
from customers.importing.kinds import kind_named
from customers.importing.models import COUNTS, Import, Stage
from customers.importing.owing import owes, paying_beside, settle_up
from customers.importing.problems import FileRefused
from customers.importing.staging import Staging
from customers.importing.verdicts import note_verdicts
from customers.turns import Stopped, prepare_for_steps
from events.log import record
from shop.models import Shop

# A class of PostgreSQL's advisory locks: the writing of all imports.
LOCK_WRITING = 7402
TRIES = 5
MANY = 20_000
MILESTONES = {4**power for power in range(2, 12)}


def work(import_id: int, *, seconds: float | None = None) -> bool:
    """Work on an import for so long (default: to its end). True when something is left to do.

    A file is read in one go: whoever went on with it had to pass over all that was read before,
    which takes nearly as long as reading it.
    """
    with closing(steps(import_id)) as taken:
        return Import.go_on(import_id, taken, seconds=seconds, unbroken=Stage.READING)


def steps(import_id: int) -> Generator[Stage]:
    """Do one step after the other, and yield after each, until nothing is left or another works.

    Of a kind that `goes_ahead` two at a time. What a step leaves to be done, search rows for
    example, is done beside the next one.
    """
    step_ahead = partial(_step_ahead, import_id)
    with ExitStack() as files, paying_beside(import_id) as pay, going_ahead(step_ahead) as ahead:
        for stage in _steps(import_id, ahead, files):
            if stage == Stage.IMPORTING:
                pay()
            yield stage


def _steps(import_id: int, ahead: Ahead, files: ExitStack) -> Iterator[Stage]:
    staging: Staging | None = None
    while Import.begin_turn(import_id):
        try:
            with ahead.awaited(), transaction.atomic():
                one = Import.take_turn(import_id)
                if one is None:
                    Import.take_back_try(import_id)
                    return
                stage = _step_of(one)
                if stage == Stage.READING and not (staging and staging.goes_on_with(one)):
                    staging = _open(one, files)
                _step(one, stage, staging, ahead)
        except FileRefused as refusal:
            Import.objects.get(pk=import_id).fail(refusal)
        except Stopped:
            return
        else:
            yield stage


def _step_of(one: Import) -> Stage:
    """The file of an import that is under way may have to be read again."""
    is_unread = one.read_at is None and one.stage == Stage.IMPORTING
    return Stage.READING if is_unread else one.stage


def _open(one: Import, files: ExitStack) -> Staging:
    """Instead of the one that was open."""
    files.close()
    return files.enter_context(closing(Staging(one, country=Shop.current().country)))


def _step(one: Import, stage: Stage, staging: Staging | None, ahead: Ahead) -> None:
    if _must_clear(one):
        _clear(one)
    elif (stage != Stage.IMPORTING or one.settles_up) and owes(one.pk):
        settle_up(one.pk)
        Import.objects.filter(pk=one.pk).update(worked_at=timezone.now(), attempts=0)
    elif stage == Stage.UNDOING:
        _undo(one)
    elif not one.is_working:
        # There was nothing to do but to pay, and somebody else has done it.
        Import.objects.filter(pk=one.pk).update(attempts=0)
    elif stage == Stage.READING and staging:
        _read(one, staging)
    elif _is_emptied(one):
        _read_again(one)
    else:
        _settle(one, ahead)


def _must_clear(one: Import) -> bool:
    """It has ended. What it may never be able to pay keeps no rows of people."""
    return not (one.is_working or one.stage == Stage.PAUSED or one.cleared_at)


def _clear(one: Import) -> None:
    """Who goes on with a broken import needs its file, and to know what its rows are about.

    No one else needs the one, nor the other where nothing was written.
    """
    one.forget_staged()
    if not one.is_broken:
        one.forget_matches()
        if Import.objects.unwritten().filter(pk=one.pk).exists():
            one.file.forget()
    mine = Import.objects.uncleared().filter(pk=one.pk)
    if not mine.update(cleared_at=timezone.now(), attempts=0):
        raise Stopped


def _read(one: Import, staging: Staging) -> None:
    if not one.read_line:
        one.forget_staged()
    if staging.stage_some(one):
        if not Import.objects.unfinished().filter(pk=one.pk).update(attempts=0):
            raise Stopped
    elif _is_whole(one):
        kind = kind_named(one.kind)
        kind.mark_repeated(one.pk)
        remarks = one.remarks | kind.look_over(one, country=Shop.current().country)
        _advance(one, read_at=timezone.now(), remarks=remarks)
    else:
        _read_again(one)


def _is_whole(one: Import) -> bool:
    """Nothing that was read went with a crash of the database server while more was read."""
    one.refresh_from_db(fields=["rows_count"])
    return one.staged.count() == one.rows_count


def _is_emptied(one: Import) -> bool:
    """The database server crashed and with it went the staged rows."""
    return one.done_count < one.rows_count and not one.staged.exists()


def _read_again(one: Import) -> None:
    one.forget_staged()
    _advance(one, **one.anew())


def _settle(one: Import, ahead: Ahead) -> None:
    """Check or write the next rows, and again when somebody took an address at the same moment."""
    if not one.done_line:
        kind_named(one.kind).match(one)
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                _chunk(one, ahead)
        except (IntegrityError, OperationalError):
            if attempt == TRIES - 1:
                raise
            ahead.give_way()
        else:
            return


def _chunk(one: Import, ahead: Ahead) -> None:
    kind = kind_named(one.kind)
    if one.started_at:
        _await_other_imports()
    rows, line = take_chunk(one)
    if not rows:
        _end(one)
        return
    if one.started_at and kind.goes_ahead and rows == settings.IMPORT_CHUNK_ROWS:
        ahead.begin(after_line=line, done_count=one.done_count + rows)
    kind.plan(one)
    counts = tally()
    if one.started_at:
        kind.write(one)
        kind.conclude(one)
    else:
        kind.note_rows(one, dry=True)
        note_verdicts(one)
    _count(one, rows, line, counts)


def _step_ahead(import_id: int, after_line: int, done_count: int) -> None:
    """The rows behind this line, while those before it are written. Raises what speaks against it.

    Other imports may write until it is this one's turn, which is the moment to look again. Who
    waits in a circle with one of them is ended by the database, and comes again.
    """
    with transaction.atomic():
        prepare_for_steps()
        one = Import.objects.get(pk=import_id)
        one.done_line, one.done_count = after_line, done_count
        kind = kind_named(one.kind)
        rows, line = take_chunk(one)
        if not rows:
            return
        kind.plan(one, is_ahead=True)
        counts = tally()
        kind.write(one)
        if Import.await_turn(import_id) is None:
            raise Stopped
        _await_other_imports()
        if not kind.still_holds(one):
            raise TooSoon
        kind.conclude(one)
        _count(one, rows, line, counts)


def _await_other_imports() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_WRITING])


def _count(one: Import, rows: int, line: int, counts: dict[str, int]) -> None:
    added = {name: F(name) + count for name, count in counts.items()}
    _advance(one, done_line=line, done_count=F("done_count") + rows, **added)
    if one.started_at and one.created_count and _is_milestone(one.done_count, rows):
        refresh_statistics(one)


def _is_milestone(before: int, rows: int) -> bool:
    """Whenever there are four times as many rows as at the last look, from some thousands on."""
    chunks = (before + rows) // settings.IMPORT_CHUNK_ROWS
    return chunks in MILESTONES


def _end(one: Import) -> None:
    if one.done_count != one.rows_count:  # never to be taken for the end
        raise FileRefused("rows_lost")
    if one.started_at is None:
        _advance(one, checked_at=timezone.now())
        record("import.checked", one)
        return
    _advance(one, finished_at=timezone.now())
    if one.created_count + one.changed_count >= MANY:
        refresh_statistics(one)
        tidy_indexes(one)
    one.refresh_from_db()
    totals = {name.removesuffix("_count"): getattr(one, name) for name in COUNTS.values()}
    record("import.finished", one, by=one.started_by, **totals)


def _undo(one: Import) -> None:
    _await_other_imports()
    found = kind_named(one.kind).undo(one)
    if found.line:
        facts: dict[str, object] = {
            "undone_line": found.line,
            "undone_count": F("undone_count") + found.undone,
            "taken_away_count": Coalesce("taken_away_count", 0) + found.gone,
            "kept_count": F("kept_count") + found.kept,
        }
    else:
        facts = {"undone_at": timezone.now()}
        record(
            "import.undone",
            one,
            by=one.undo_asked_by,
            undone=one.undone_count,
            kept=one.kept_count,
        )
    mine = Import.objects.undoing().filter(pk=one.pk, undone_line=one.undone_line)
    if not mine.update(worked_at=timezone.now(), attempts=0, **facts):
        raise Stopped


def _advance(one: Import, **facts: object) -> None:
    """Note how far it got, unless it was cancelled or begun anew while this step worked."""
    read = {"read_at": one.read_at, "read_line": one.read_line, "mapping": one.mapping}
    mine = Import.objects.unfinished().filter(pk=one.pk, done_line=one.done_line, **read)
    if not mine.update(worked_at=timezone.now(), attempts=0, **facts):
        raise Stopped
