"""A seed file as text by line: the CSV dialect (UTF-8, LF, no byte-order mark, quotes that close, nothing unseen).

Belongs here: what can be wrong with a file whatever its columns mean. Does not belong here: types, rules
(`reading.py`).
"""

import csv
import hashlib
import io
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from dagster_project.seeds.problems import Problem, closest, is_unseen, plainly, shown

BOM = b"\xef\xbb\xbf"
# two hundred times the largest seed of today
LARGEST_FILE = 64 * 2**20
KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}

Record = dict[str, str]


class UnreadableFile(Exception):
    """There is a name, but no file that can be read: the message says what there is instead."""


@dataclass
class Door:
    """Collects the problems of one file together with the text of the row that each belongs to."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    # rows that are turned away whatever else they hold, and rows of which only the first cells are sure
    refused: set[int] = field(default_factory=set)
    torn: dict[int, Record] = field(default_factory=dict)
    # whether every line of the file was read: where not, what it lacks proves nothing
    is_whole: bool = True
    may_be_empty: bool = False
    sha256: str = ""

    def refuse(self, line: int, column: str, found: object, expected: str, remedy: str, raw: str = "") -> None:
        self.problems.append(Problem(self.file, line, column, shown(found), expected, remedy))
        self.raw.append(raw)
        if raw:
            self.refused.add(line)

    def refuse_file(self, line: int, found: object, expected: str, remedy: str) -> None:
        self.refuse(line, "-", found, expected, remedy)
        self.is_whole = False


def read_regular_file(path: Path) -> bytes:
    """The bytes of a regular file, or of one that a link leads to. Raises `UnreadableFile` for anything else.

    A pipe would wait for a writer for ever, a device would fill the memory.
    """
    try:
        # without waiting: opening a pipe waits for a writer too
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise UnreadableFile(KINDS.get(stat.S_IFMT(mode), "something that is no file"))
            data = file.read(LARGEST_FILE + 1)
    except IsADirectoryError as error:
        raise UnreadableFile("a folder") from error
    except OSError as error:
        raise UnreadableFile((error.strerror or str(error)).lower()) from error
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(f"more than {LARGEST_FILE // 2**20} MB")
    return data


def read_records(path: Path, columns: list[str], door: Door) -> dict[int, Record]:
    """The rows of the file as text by line number; what is wrong with the file goes to the door.

    `columns` are those of the schema, in the order of a new file's header.
    """
    try:
        data = read_regular_file(path)
    except UnreadableFile as error:
        if isinstance(error.__cause__, FileNotFoundError) and not path.is_symlink():
            door.refuse_file(1, None, "a file", f"Create {path.name} with the header: {','.join(columns)}.")
            return {}
        door.refuse_file(
            1, str(error), f"a file that can be read, of at most {LARGEST_FILE // 2**20} MB",
            f"Put the file {path.name} in its place, readable for who runs the check.",
        )  # fmt: skip
        return {}
    door.sha256 = hashlib.sha256(data).hexdigest()
    return _rows(_text(data, door), columns, door)


def _text(data: bytes, door: Door) -> str:
    if data.startswith(BOM):
        door.refuse(1, "-", "a byte-order mark", "UTF-8 without a byte-order mark", "Save as plain UTF-8.")
        data = data.removeprefix(BOM)
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        door.refuse(line, "-", "a carriage return", "lines ended by LF alone", "Save with Unix line ends.")
        data = data.replace(b"\r\n", b"\n")
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        door.refuse(line, "-", "a NUL character", "text", "Remove the character.")
        data = data.replace(b"\0", b"")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        door.refuse(line, "-", f"byte 0x{data[error.start]:02x}", "UTF-8 text", "Save the file as UTF-8.")
        return data.decode("utf-8", errors="replace")


def _rows(content: str, columns: list[str], door: Door) -> dict[int, Record]:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    header: list[str] | None = None
    records: dict[int, Record] = {}
    line = previous_line = 0
    try:
        for cells in reader:
            line, previous_line = previous_line + 1, reader.line_num
            if header is None:
                header = cells
                if not _header_fits(header, columns, door):
                    return {}
            elif len(cells) != len(header):
                door.torn[line] = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
                door.refuse(
                    line, "-", f"{len(cells)} cells", f"{len(header)} cells as in the header",
                    "Quote cells that contain a comma, and fill every column.", ",".join(cells),
                )  # fmt: skip
            else:
                records[line] = dict(zip(header, cells, strict=True))
                _look_at_cells(line, records[line], content, door)
    except csv.Error as error:
        door.refuse_file(
            previous_line + 1, str(error), "quotes that open and close around a whole cell",
            'Double a quote inside a quoted cell ("") and close every quoted cell; rows below were not read.',
        )  # fmt: skip
    if header is None:
        door.refuse_file(1, None, "a header line", f"Start the file with: {','.join(columns)}.")
    elif line < 2 and door.is_whole and not door.may_be_empty:
        door.refuse_file(
            2, None, "at least one row",
            "Put the rows back: a kind of fact that is no longer kept leaves the schemas, not its rows alone.",
        )  # fmt: skip
    return records


def _look_at_cells(line: int, record: Record, content: str, door: Door) -> None:
    raw = ",".join(record.values())
    # most rows are codes and ids, and most cells are plain: one look settles them
    if raw.isprintable() and '"' not in raw and " " not in raw:
        return
    for name, cell in record.items():
        if cell.isprintable() and '"' not in cell and cell[:1] != " " and cell[-1:] != " ":
            continue
        if '"' in cell and _quoted(cell) not in content:
            remedy = f"Write the cell as {plainly(_quoted(cell))}, or remove the quote."
            door.refuse(line, name, cell, "quotes that open and close around a whole cell", remedy, raw)
        elif any(is_unseen(character) for character in cell):
            expected = "text on one line, without control characters and direction marks"
            door.refuse(line, name, cell, expected, "Remove what is not seen, shown here by its code.", raw)
        elif cell != cell.strip():
            door.refuse(line, name, cell, "text without white space around it", "Remove the white space.", raw)


def _quoted(cell: str) -> str:
    """How a cell that holds a quote must stand in the file."""
    return '"' + cell.replace('"', '""') + '"'


def _header_fits(header: list[str], columns: list[str], door: Door) -> bool:
    missing = [name for name in columns if name not in header]
    extra = [name for name in dict.fromkeys(header) if name not in columns]
    for name in missing:
        renamed = extra[0] if len(missing) == len(extra) == 1 else closest(name, extra)
        if renamed:
            extra.remove(renamed)
            door.refuse(1, name, renamed, f"a column named {name}", f"Did you mean '{name}'? Rename the column.")
        else:
            door.refuse(1, name, None, f"a column named {name}", "Add the column (cells may be empty where allowed).")
    for name in extra:
        door.refuse(1, name or "-", name, "only the columns of the schema", "Remove or rename the column.")
    for name in sorted({name for name in header if header.count(name) > 1}):
        door.refuse(1, name, name, "each column once", "Remove the second column of that name.")
    door.is_whole = sorted(header) == sorted(columns)
    return door.is_whole
