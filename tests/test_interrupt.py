"""A command that is told to end says so in one line and ends, whatever its threads are doing."""

import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from dagster_project.settings import PROJECT_ROOT

# a thread that never ends and an `except` that would swallow the interrupt; the last words are told on stderr
PROGRAM = """
import signal, sys, threading, time
from dagster_project.commands import interrupt
if "ignored" in sys.argv:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
interrupt.end_in_one_line()
threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()
def wait():
    while True:
        try:
            print("ready", flush=True)
            time.sleep(600)
        except BaseException:
            pass
if "told" in sys.argv:
    with interrupt.last_words(lambda: print("last words", file=sys.stderr)):
        wait()
with interrupt.last_words(lambda: print("of a block that is over", file=sys.stderr)):
    pass
wait()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(("words", "said"), [("nothing", "Interrupted.\n"), ("told", "last words\n")])
def test_an_interrupt_is_one_line_and_the_code_that_shells_expect(
    number: signal.Signals, code: int, words: str, said: str
) -> None:
    with started(words) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", said)


def test_a_signal_that_somebody_had_ignored_stays_ignored() -> None:
    with started("ignored") as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, "Interrupted.\n")


def started(words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, words],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


# the object is destroyed when Python, ending, has already given up its handlers of signals
ENDS_AS_THE_SIGNAL_COMES = """
import os, signal, sys
class Last:
    def __del__(self, kill=os.kill, process=os.getpid(), number=signal.SIGTERM):
        kill(process, number)
last = Last()
sys.argv = ["warehouse", "--version"]
from dagster_project.__main__ import main
main()
"""


def test_a_signal_after_the_answer_does_not_belie_its_exit_code() -> None:
    run = subprocess.run(
        [sys.executable, "-c", ENDS_AS_THE_SIGNAL_COMES], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"warehouse {version('trade-deal-warehouse')}\n"
