"""A release opened for a question, so that whoever asks reads the release's database and nothing else.

Belongs here: how a command opens a release. Does not belong here: questions.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from dagster_project.commands.console import require_release, stop
from dagster_project.settings import Settings

# no file, no network and no extension, for whatever query; nothing spills beside the release; Python has no names
CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "temp_directory": "",
    "lock_configuration": True,
}
# so that `from metric_total_rates` works without naming the schema
SEARCH_PATH = "set search_path = 'main,marts,metrics'"


@contextmanager
def open_release(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current release, read-only. What the engine refuses while it is open ends the command with one line.

    Raises `OSError` where the file may not be read.
    """
    database = require_release(settings).resolve()
    # asked of the system, whose answer is an error that has its one line
    database.open("rb").close()
    # the engine at work hears no interrupt from Python, and there is nothing to tidy up: it ends the process
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        with duckdb.connect(str(database), read_only=True, config=CLOSED) as connection:
            connection.execute(SEARCH_PATH)
            yield connection
    except duckdb.Error as error:
        stop(" ".join(str(error).split()))
    finally:
        signal.signal(signal.SIGINT, before)
