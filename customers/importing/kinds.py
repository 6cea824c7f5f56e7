"""What the machine of imports asks of each sort of file: customers', orders', products'.

A kind has no state. Upper apps add theirs in `AppConfig.ready`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from core.slots import Slot
from customers.importing.problems import FileRefused

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

    from customers.importing.columns import Layout
    from customers.importing.files import Record
    from customers.importing.models import Import
    from customers.importing.outcomes import ImportRowBase, StagedRowBase


class Undone(NamedTuple):
    """Of some lines, the last of which is `line` (0: none was left): taken back, and kept.

    Of those taken back `gone` had come by the import.
    """

    line: int
    undone: int
    kept: int
    gone: int


class Guess(NamedTuple):
    """What a column may hold; `by_cells`: its name does not tell, or tells otherwise."""

    field: str
    by_cells: bool


class Row(Protocol):
    """What stands in the file about one thing, and the line on which that begins."""

    @property
    def line(self) -> int: ...


# Of the records of one group; never raises.
GroupReader = Callable[[list["Record"]], Row]


class ImportKind(ABC):
    """One sort of file: how it is read, what it would change, and how that is written.

    A step of the machine puts the next rows into the temporary table `chunk`, asks `plan` for the
    temporary table `planned` (`line`, `outcome` and whatever `write` needs), and has it noted or
    written, in one transaction. Several workers never plan to write at the same time.
    """

    # Kept with each import.
    name: str
    # "Customers", as a list of imports says what a file holds.
    label: _StrOrPromise
    # Where rows wait, and what became of them.
    staged: type[StagedRowBase]
    rows: type[ImportRowBase]
    # Columns of `staged` behind `of_import_id`, in the order of `values`.
    copied: Sequence[str]
    # Tables whose statistics mislead the planner once many rows are new.
    written: Sequence[str]
    # What `changes` of a row may name, in the order in which pages show it.
    fields: Mapping[str, _StrOrPromise]
    # The page of what a row is about, by its URL's name, and what people call such a thing.
    page: str
    subject: _StrOrPromise
    # The list of all such things, by its URL's name.
    overview: str
    # Why a row of something unknown is new.
    why_new: _StrOrPromise
    # Codes of problems of a row that another row of the file takes the place of.
    replaced: frozenset[str]
    # What somebody may choose for a column of a table that nobody knows; empty: none is taken.
    mappable: Mapping[str, _StrOrPromise] = MappingProxyType({})
    # What only a column that is known by its name may hold beside these.
    own_fields: Mapping[str, _StrOrPromise] = MappingProxyType({})
    # Which of them several columns may hold.
    repeated: frozenset[str] = frozenset()
    can_undo = False
    # Whether a step may be written while the one before it still is: see `still_holds`.
    goes_ahead = False
    # What else an undoing takes away, as a sentence.
    goes_along: _StrOrPromise = ""
    # What else a row forgets of its cells once its import is long over.
    forgotten: Mapping[str, Any] = MappingProxyType({})
    # Draws the first rows of a dry run.
    first_rows: str

    @abstractmethod
    def counted(self, count: int) -> str:
        """ "12 customers", in the reader's language."""

    @abstractmethod
    def asked(self, count: int) -> str:
        """ "Import 12 customers", as a button says it."""

    @abstractmethod
    def is_known(self, name: str) -> bool:
        """Whether files of this kind have such a column, by its plain name."""

    @abstractmethod
    def recognises(self, names: frozenset[str]) -> bool:
        """Whether these plain names of columns can only be a file of this kind."""

    @abstractmethod
    def layout_of(self, header: Sequence[str]) -> Layout:
        """Where each column stands. Raises FileRefused where one is missing or there twice."""

    def own_layout(self, header: Sequence[str]) -> Layout | None:
        """As the file is read unless somebody says otherwise; None where somebody has to."""
        try:
            layout = self.layout_of(header)
        except FileRefused:
            return None
        return None if self.is_better_asked(layout) else layout

    @abstractmethod
    def reader(self, layout: Layout, *, country: str) -> GroupReader:
        """Reads the records of a group, which it may change. What is wrong stands in the row.

        Can be pickled, and asks nobody: another process reads the same with it.
        """

    def groups(self, layout: Layout, records: Iterable[Record]) -> Iterator[list[Record]]:  # noqa: ARG002 -- for kinds whose rows stand alone
        """The records that make up one row each: from its line on."""
        return ([record] for record in records)

    @abstractmethod
    def values(self, row: Any) -> Sequence[Any]:
        """A row for `copied`."""

    @abstractmethod
    def mark_repeated(self, import_id: int) -> None:
        """Once all is read: of rows about one thing the last counts, the others become unusable.

        Rows that turn out to be parts of another may go with it: `rows_count` then says so.
        """

    def look_over(self, one: Import, *, country: str) -> dict[str, Any]:  # noqa: ARG002 -- for kinds whose rows stand alone
        """After `mark_repeated`: mend what only the whole file tells, and say what was found."""
        return {}

    def remarks(self, one: Import) -> list[str]:  # noqa: ARG002 -- as above
        """What `look_over` has found, as the dry run's page says it in the reader's language."""
        return []

    def match(self, one: Import) -> None:  # noqa: B027 -- for kinds that any order finds alike
        """Before the first chunk of the dry run, and again of the import: what rows are about.

        As far as rows that are written before them would hide it. Bears a repeat.
        """

    def forget_matches(self, one: Import) -> None:  # noqa: B027 -- as above
        """Nobody goes on with this import any more."""

    @abstractmethod
    def plan(self, one: Import, *, is_ahead: bool = False) -> None:
        """From `chunk` to `planned`; under way it also holds whatever the rows are about.

        With `is_ahead` the step before is still being written: raises TooSoon where more must be
        known of it.
        """

    @abstractmethod
    def write(self, one: Import) -> None:
        """What was planned. Raises IntegrityError when somebody was quicker: it is planned anew."""

    def still_holds(self, one: Import) -> bool:  # noqa: ARG002 -- for kinds whose steps do not touch
        """Whether what was written ahead is what would be written now that its turn has come."""
        return True

    @abstractmethod
    def conclude(self, one: Import) -> None:
        """What can be said only once all rows before are there; and what became of each row."""

    @abstractmethod
    def note_rows(self, one: Import, *, dry: bool) -> None:
        """Leave a row for each line that changes something or needs a look. Bears a repeat."""

    def brings_along(self, one: Import) -> str:  # noqa: ARG002 -- for kinds that bring nobody
        """Whom the import would bring or meet beside what it is about, once it is checked."""
        return ""

    def guesses(
        self,
        header: Sequence[str],  # noqa: ARG002 -- for kinds that take any table
        rows: Iterable[Sequence[str]],  # noqa: ARG002 -- as above
    ) -> Mapping[int, Guess]:
        """Which of `mappable` each column may hold, by its name or by some rows' cells."""
        return {}

    def is_better_asked(self, layout: Layout) -> bool:  # noqa: ARG002 -- as above
        """Whether columns that this layout passes over may hold something for all that."""
        return False

    def mapped(self, header: Sequence[str], mapping: Mapping[str, str]) -> Layout:
        """Where each column stands, as somebody has said by their keys. Raises FileRefused.

        Asked only of a kind with `mappable` fields.
        """
        raise NotImplementedError

    def undo(self, one: Import) -> Undone:
        """Take back what the next rows behind `undone_line` did, where nothing touched it since.

        Their ImportRow is written no more; of those that were kept it says why. Asked only of a
        kind that `can_undo`.
        """
        raise NotImplementedError

    def is_left_out(self, name: str) -> bool:  # noqa: ARG002 -- for kinds that leave nothing out
        """Whether a column, by its plain name, is passed over on purpose."""
        return False

    def say(self, field: str, text: str) -> str:  # noqa: ARG002 -- for kinds that translate
        """A value of `changes` as people read it."""
        return text

    def mark(self, field: str, row: Any) -> str:  # noqa: ARG002 -- for kinds that know more
        """What to show beside what was there before."""
        return ""

    def with_subjects(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What `subject_name`, `who` and `mark` read comes in one go."""
        return rows

    def places(self, rows: QuerySet[Any]) -> QuerySet[Any, tuple[int, int]]:
        """On which lines of the file parts of these rows begin, with the row's pk, by line."""
        return rows.values_list("line", "pk").order_by("line")

    def who_header(self) -> list[str]:
        """Heads the cells of `who`."""
        return [str(self.subject)]

    def who(self, row: Any) -> list[str]:
        """Of what a row is, in cells of a CSV."""
        return [row.subject_name]


import_kinds: Slot[ImportKind] = Slot("kinds of files that can be imported, the pickiest first")


def kind_named(name: str) -> ImportKind:
    return next(kind for kind in import_kinds.entries() if kind.name == name)


def kind_for(names: frozenset[str]) -> ImportKind:
    """By a file's columns; what nobody recognises goes to the last kind, which says why not."""
    kinds = import_kinds.entries()
    return next((kind for kind in kinds if kind.recognises(names)), kinds[-1])
