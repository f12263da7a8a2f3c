"""What the commands share: exit codes, plain messages in place of tracebacks, a stdout that only we write to.

Belongs here: how a command speaks and how it ends. Does not belong here: what it does, how rows print (`tables.py`).
"""

import errno
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Annotated, Any, NoReturn, TextIO

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from dagster_project.settings import PROJECT_ROOT, SettingError, Settings

DONE, FAILED, WRONG_USAGE, BUSY = 0, 1, 2, 75


class Commands(TyperGroup):
    """The commands, each of which ends in one line and an exit code, whatever the machine says to it."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        if sys.flags.optimize > 1 and not arguments:
            # the docstrings that -OO takes away are the commands' help here, and what the charts' library reads
            os.environ.pop("PYTHONOPTIMIZE", None)
            os.execv(sys.executable, [sys.executable, "-m", "dagster_project", *sys.argv[1:]])
        for stream in (sys.stdout, sys.stderr):
            # a terminal that does not know a letter shows a question mark for it
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*arguments, **options)

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().make_context(*arguments, **options)
        except TyperException as error:
            _stop_at_usage(error, "warehouse")

    def invoke(self, ctx: Any) -> Any:
        try:
            done = super().invoke(ctx)
            # here, and not when Python ends, a reader that has gone away can still be dealt with
            sys.stdout.flush()
            return done
        except BrokenPipeError:
            # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise typer.Exit from None
        except TyperException as error:
            _stop_at_usage(error, f"warehouse {ctx.invoked_subcommand or ''}".strip())
        except OSError as error:
            stop(explain(error))


def _stop_at_usage(error: TyperException, command: str) -> NoReturn:
    """A wrong option or argument of the command in one line, where the library would draw a box of five."""
    # a choice is listed on lines of its own
    said = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
    if not said:
        # a group without a command: its help is printed already
        raise error
    context = getattr(error, "ctx", None)
    stop(f"Wrong usage: {said}. See `{context.command_path if context else command} --help`.", error.exit_code)


def _reason(text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise typer.BadParameter("say why, in a few words")
    return " ".join(text.split()) if text else None


AllowRewrite = Annotated[
    str | None,
    typer.Option(
        metavar="REASON", callback=_reason, help="Let the log be rewritten this once; meta.rewrites keeps why."
    ),
]


def stop(message: str, code: int = FAILED) -> NoReturn:
    """One line on stderr, and the exit code."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def load_settings() -> Settings:
    try:
        return Settings.from_env()
    except SettingError as error:
        stop(str(error), WRONG_USAGE)


def require_release(settings: Settings) -> Path:
    """The file of the current release. Stops with the remedy where there is none.

    Raises `OSError` where it is hidden.
    """
    try:
        settings.current_database.stat()
    except (FileNotFoundError, NotADirectoryError):
        stop(f"No release in {shown(settings.data)} yet. Build one with `warehouse refresh`.")
    return settings.current_database


def shown(path: Path) -> str:
    """The path as a reader in the project's folder would type it."""
    return str(path.relative_to(PROJECT_ROOT)) if path.is_relative_to(PROJECT_ROOT) else str(path)


def print_json(value: Any) -> None:
    typer.echo(as_json(value))


def as_json(value: Any) -> str:
    """One line of JSON, in ASCII where the terminal knows no more, so that nothing is lost."""
    ascii_only = "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()
    return json.dumps(value, ensure_ascii=ascii_only, default=str, allow_nan=False)


def explain(error: OSError) -> str:
    """An operating-system error as one line that says what to do."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"No space left on the disk{where}: no bytes or no inodes. Free some, then run `warehouse refresh` again."
        )
    if error.errno in (errno.EACCES, errno.EPERM) and _is_hidden(error.filename):
        return f"No permission to read{where}. Its owner can grant it."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"No permission to write{where}. WAREHOUSE_DATA_DIR names the folder to use."
    return f"{error.strerror or error}{where}."


def sentence(error: Exception) -> str:
    """An error of our own, said on its own line."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _is_hidden(path: Any) -> bool:
    """Whether it is reading that is not allowed. A file that is not there yet could not be written."""
    try:
        return bool(path) and Path(path).stat() is not None and not os.access(path, os.R_OK, effective_ids=True)
    except PermissionError:
        return True
    except OSError:
        return False


def plain(message: str) -> str:
    """An error's message on one line, without the name of its class."""
    line = " ".join(message.split())
    if "No space left" in line or "disk is full" in line:
        named = re.search(r"'(/[^']+)'", line)
        return explain(OSError(errno.ENOSPC, "No space left on the disk", named and named[1]))
    return re.sub(r"^(?:[\w.]+\.)?[A-Z]\w+: ", "", line)


@contextmanager
def libraries_kept_quiet() -> Iterator[TextIO]:
    """Keep what libraries print off the screen, so that it holds the answer alone. Yields the stderr to speak on.

    What goes to stdout, from whatever language, moves to stderr. What Python code writes to stderr is dropped: those
    are the errors that Dagster cannot write into its history, and the outcome tells of them.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stderr(io.StringIO()):
            yield sys.__stderr__ or sys.stderr
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
