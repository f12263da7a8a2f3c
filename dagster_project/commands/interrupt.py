"""How an interrupted command ends: at once, in one line, and with the exit code that a shell expects.

Belongs here: SIGINT and SIGTERM. Does not belong here: what else can end a command. The process ends inside the
handler, because nothing that runs may have a say: Dagster, dbt and typer each make an error of their own of a signal.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def end_in_one_line() -> None:
    """From here on, an interrupted command says so and no more."""
    _install(lambda: os.write(2, b"Interrupted.\n"))


def outcome_is_told() -> None:
    """From here on, interrupts are ignored: Python, ending, would die of one and belie the outcome by its exit code."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def last_words(say: Callable[[], object]) -> Iterator[None]:
    """Within the block, an interrupt calls `say` and ends the process.

    Python runs it in the main thread, which must not be busy in a library: what takes long runs in another.
    """
    before = _install(say)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _install(say: Callable[[], object]) -> dict[signal.Signals, Any]:
    def end(number: int, _frame: FrameType | None) -> None:
        for other in SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        try:
            say()
        finally:
            os._exit(128 + number)

    # what somebody had ignored, as nohup and a shell's background do, stays ignored
    wanted = [number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    return {number: signal.signal(number, end) for number in wanted}
