"""What the tests against other programs share. They have packages that the default environment lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.postgres_server import PostgresServer


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """An empty database `trade` on a server of the module's own."""
    pytest.importorskip("psycopg", reason="psycopg is not here: it comes with the extra `postgres`")
    from tests.e2e.postgres_server import PostgresServer

    with PostgresServer() as started:
        yield started
