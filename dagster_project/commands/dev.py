"""`warehouse dev`: Dagster's own interface and scheduler on this machine, on the same data folder as every command.

Dagster starts a process for the interface, one for the scheduler and four that load the definitions. They live on where
the one that started them is killed, so two more keep watch: this one, and one that outlives this one.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Annotated, NoReturn

import typer

from dagster_project.commands.console import FAILED, load_settings
from dagster_project.settings import PROJECT_ROOT

# what Dagster itself allows its processes
SECONDS_TO_END = 60


def dev(port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000) -> None:
    """Run Dagster's web interface with the daily schedule on 127.0.0.1, until interrupted."""
    load_settings().export()
    command = [sys.executable, "-m", "dagster", "dev", "-m", "dagster_project.definitions"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    asked_to_end: list[int] = []
    dagster: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        asked_to_end.append(number)
        if dagster is not None:
            dagster.send_signal(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    # its end is what the watcher waits for, and the kernel closes it however this process ends
    end_of_ours, ours = os.pipe()
    # a session of its own, by which all that it starts can be found; a Ctrl-C reaches this process alone
    dagster = subprocess.Popen(command, cwd=PROJECT_ROOT, start_new_session=True)
    if os.fork() == 0:
        os.close(ours)
        _watch(end_of_ours, dagster.pid)
    if asked_to_end:
        dagster.send_signal(signal.SIGINT)
    ended = dagster.wait()
    raise typer.Exit(ended if ended >= 0 else FAILED)


def _watch(end_of_ours: int, session: int) -> NoReturn:
    """Wait until `warehouse dev` is gone, then end what is left of Dagster: kindly, then not."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.read(end_of_ours, 1)
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        while time.monotonic() < deadline:
            os.killpg(session, 0)
            time.sleep(0.1)
        os.killpg(session, signal.SIGKILL)
    os._exit(0)
