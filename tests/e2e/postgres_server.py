"""A real PostgreSQL server of the tests' own: its own folder, a free port, passwords required, never run as root."""

# psycopg comes with the extra `postgres`
# pyright: reportMissingImports=false

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

OWNER = "warehouse_owner"
NEEDED = "PostgreSQL's server programs are not here: apt-get install postgresql"


def programs() -> Path:
    """The folder of initdb and postgres. Skips, naming the package, where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    pytest.skip(NEEDED)


@dataclass
class PostgresServer:
    """Use as a context manager; `stop` and `start` may be called in between."""

    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_hex(12), repr=False)
    folder: Path = Path()
    process: subprocess.Popen | None = None

    def __enter__(self) -> "PostgresServer":
        # not below pytest's folders, which only their owner may enter
        self.folder = Path(tempfile.mkdtemp(prefix="warehouse-e2e-postgres-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        secret = self.folder / "password"
        secret.write_text(self.password)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            shutil.chown(secret, "postgres")
        arguments = ["-D", str(self.folder / "data"), "-U", OWNER, "-A", "scram-sha-256", f"--pwfile={secret}"]
        initdb = [str(programs() / "initdb"), *arguments, "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=self.folder, **self._as_nobody_special())
        self.start()
        with self.connect("postgres") as server:
            server.autocommit = True
            server.execute("create database trade")
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        options = ["-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(programs() / "postgres"), "-D", str(self.folder / "data"), *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as_nobody_special(),
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect("postgres").close()
                return
            except psycopg.OperationalError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends every session; SIGQUIT is as sudden as a power cut."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
            self.process = None

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def dsn(self) -> str:
        return self.dsn_of("trade")

    def dsn_of(self, database: str, user: str = OWNER, password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "trade", **options) -> psycopg.Connection:
        return psycopg.connect(self.dsn_of(database), **options)

    @staticmethod
    def _as_nobody_special() -> dict:
        """PostgreSQL refuses to run as root; whoever else starts the tests runs it themselves."""
        return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
