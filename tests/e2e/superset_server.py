"""A real Apache Superset of the tests' own: a fresh folder, a free port, one user, and its REST API as that user."""

import os
import secrets
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from dagster_project.settings import PROJECT_ROOT

PROGRAMS = PROJECT_ROOT / ".venv-superset" / "bin"
USER = "analyst"
CONFIG = """
SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
"""


class SupersetServer:
    """Use as a context manager: a prepared Superset that answers, and a client that is logged in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password = secrets.token_hex(12)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def __enter__(self) -> "SupersetServer":
        config = self.folder / "superset_config.py"
        config.write_text(CONFIG.format(secret=secrets.token_hex(32), folder=self.folder))
        self.env = os.environ | {"SUPERSET_CONFIG_PATH": str(config), "SUPERSET_HOME": str(self.folder)}
        named = ["--username", USER, "--firstname", "Ana", "--lastname", "Lyst", "--email", "analyst@example.org"]
        self._run("db", "upgrade")
        self._run("fab", "create-admin", *named, "--password", self.password)
        self._run("init")
        workers = ["--worker-class", "gthread", "--threads", "4", "--timeout", "120"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(PROGRAMS / "gunicorn"), "--bind", f"127.0.0.1:{self.port}", *workers, "superset.app:create_app()"],
                env=self.env,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait()
            self._log_in()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(timeout=60)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def version(self) -> str:
        asked = "from importlib.metadata import version; print(version('apache-superset'))"
        return subprocess.check_output([str(PROGRAMS / "python"), "-c", asked], text=True).strip()

    def ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """One call of the REST API, which must succeed."""
        answer = self.client.request(method, f"/api/v1/{path}", **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer.json()

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(PROGRAMS / "superset"), *arguments], env=self.env, cwd=self.folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def _wait(self) -> None:
        deadline = time.monotonic() + 120
        while True:
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            try:
                if self.client.get("/health").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)

    def _log_in(self) -> None:
        account = {"username": USER, "password": self.password, "provider": "db"}
        token = self.ask("POST", "security/login", json=account)["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.client.headers["X-CSRFToken"] = self.ask("GET", "security/csrf_token/")["result"]
        self.client.headers["Referer"] = str(self.client.base_url)
