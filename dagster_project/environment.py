"""Sets up an environment of the Makefile: makes it, installs what a lock file names, and this project where asked.

    python3 -I dagster_project/environment.py .venv requirements.lock [--project]

Belongs here: one environment, ready or not at all, and what somebody who waits for it reads. Run as a file, before
anything is installed: the standard library alone, and an old Python must get as far as the message that a newer one is
needed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

LEAST_PYTHON = (3, 11)
PIP = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps"]
# not `.lock`, which uv takes for its own: it would wait for ours
LOCK = ".set-up.lock"
# what installs the rest, where it can be had
UV, UV_LOCK = Path(".venv-uv"), Path("requirements-uv.lock")
# told once in so many packages where no terminal shows the count
EVERY = 25


def main(environment: Path, lock: Path, project: bool) -> int:
    """Exit code 0: the environment is ready."""
    if sys.version_info < LEAST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        say(f"Python 3.11 or later is needed, and {sys.executable} is {found}: name another with make PYTHON=...")
        return 1
    environment.mkdir(exist_ok=True)
    with (environment / LOCK).open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another set-up of {environment} is at work; waiting for it.")
            fcntl.flock(held, fcntl.LOCK_EX)
        return set_up(environment, lock, project)


def set_up(environment: Path, lock: Path, project: bool) -> int:
    """What is left to do: nothing where another set-up has just done it."""
    installed, ready = environment / ".locked", environment / ".ready"
    python = environment / "bin" / "python"
    began = time.monotonic()
    if not is_newer(installed, [lock]) or not python.exists():
        packages = sum(line[0].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
        say(f"Setting up {environment}, this once: {packages} packages from {lock}, in about a minute.")
        if not python.exists():
            # not `--clear`: the lock lies in the folder
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        if not (by_uv(python, lock) or by_pip(python, lock, packages)):
            say(f"{environment} is not set up: pip says above what is missing. The next try goes on from here.")
            return 1
        installed.touch()
    if not is_newer(ready, [installed, *([Path("pyproject.toml")] if project else [])]):
        if project and not install_project(python):
            return 1
        ready.touch()
        say(f"{environment} is ready after {time.monotonic() - began:.0f} s.")
    return 0


def is_newer(stamp: Path, than: list[Path]) -> bool:
    return stamp.exists() and all(stamp.stat().st_mtime >= path.stat().st_mtime for path in than)


def by_uv(python: Path, lock: Path) -> bool:
    """A third of pip's time, and of a second environment a tenth, since uv keeps what it has unpacked."""
    uv = shutil.which("uv") or uv_of_our_own()
    if uv is None:
        return False
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "--no-deps"]
    done = subprocess.run(
        [*install, "--compile-bytecode", "-r", str(lock)],
        stderr=subprocess.DEVNULL,
        env=os.environ | pips_index(python),
    )
    return done.returncode == 0


def uv_of_our_own() -> str | None:
    """The uv of its lock, in an environment of its own; none where it cannot be had, and pip does it all."""
    program = UV / "bin" / "uv"
    if not is_newer(UV / ".ready", [UV_LOCK]):
        UV.mkdir(exist_ok=True)
        with (UV / LOCK).open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not is_newer(UV / ".ready", [UV_LOCK]):
                python = UV / "bin" / "python"
                if not python.exists():
                    subprocess.run([sys.executable, "-m", "venv", str(UV)], check=True)
                install = [str(python), *PIP, "--quiet", "--require-hashes", "-r", str(UV_LOCK)]
                if subprocess.run(install, stderr=subprocess.DEVNULL).returncode != 0:
                    return None
                (UV / ".ready").touch()
    return str(program)


def pips_index(python: Path) -> dict[str, str]:
    """Where pip has been told to look for packages; uv does not read pip's configuration."""
    asked = [str(python), "-m", "pip", "config", "get", "global.index-url"]
    told = os.environ.get("PIP_INDEX_URL") or subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    return {"UV_DEFAULT_INDEX": told} if told and "UV_DEFAULT_INDEX" not in os.environ else {}


def by_pip(python: Path, lock: Path, packages: int) -> bool:
    """Pip says much on stdout: the packages are counted in it. What it says on stderr are errors, and shown."""
    install = [str(python), *PIP, "--require-hashes", "--compile", "--progress-bar", "off", "-r", str(lock)]
    count = 0
    with subprocess.Popen(install, stdout=subprocess.PIPE, text=True, errors="replace") as pip:
        for line in pip.stdout or ():
            if line.startswith(("Collecting ", "Processing ", "Ignoring ", "Requirement already satisfied")):
                count += 1
                say_count(f"  {count} of {packages} fetched", whole=count % EVERY == 0 or count == packages)
            elif line.startswith("Installing collected packages"):
                say_count("  installing and compiling them, as long again", whole=True)
    return pip.returncode == 0


def install_project(python: Path) -> bool:
    install = [str(python), *PIP, "--quiet", "--no-index", "--no-build-isolation", "--editable", "."]
    return subprocess.run(install).returncode == 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def say_count(line: str, whole: bool) -> None:
    """On a terminal the line is written over the one before; elsewhere only the `whole` ones are."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="\n" if line.endswith("again") else "", file=sys.stderr, flush=True)
    elif whole:
        say(line)


if __name__ == "__main__":
    # a `python` of another environment must not be found by pip or venv
    os.environ.pop("PYTHONHOME", None)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), "--project" in sys.argv[3:]))
