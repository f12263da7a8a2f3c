"""`warehouse sql` reads the database of the release and nothing else, takes one statement, and ends in one line."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.command_line import assert_refused, read_csv, read_json, run_here
from tests.conftest import COMMAND, Warehouse

SECRET = "the content of a file of the user"
# each with the place of a real file {secret}, a folder {folder} to write to, and another database {database}
READS = (
    "from '{folder}/secret.csv'",
    "from '{folder}/*.csv'",
    "from read_csv('{folder}/secret.csv')",
    "from read_text('{folder}/secret.csv')",
    "from read_text(['{folder}/secret.csv'])",
    "from read_blob('{folder}/secret.csv')",
    "from read_json('{folder}/secret.csv')",
    "from read_parquet('{folder}/secret.parquet')",
    "from parquet_metadata('{folder}/secret.parquet')",
    "from sniff_csv('{folder}/secret.csv')",
    "from glob('{folder}/*')",
    "from query('from read_text(''{folder}/secret.csv'')')",
    "create temp macro reader() as table from read_text('{folder}/secret.csv')",
    "attach '{folder}/other.duckdb' as other",
    "copy marts.dim_partners from '{folder}/secret.csv'",
    "import database '{folder}'",
    "from 'https://127.0.0.1/secret.csv'",
    "from 's3://bucket/secret.parquet'",
)
WRITES = (
    "copy (select 1) to '{folder}/out.csv'",
    "copy marts.dim_partners to '{folder}/out.parquet' (format parquet)",
    "export database '{folder}/out'",
    "attach '{folder}/out.duckdb'",
    "create table marts.mine (a int)",
    "delete from marts.dim_partners",
    "drop table marts.dim_partners",
    "create persistent secret mine (type http)",
    "call enable_logging(storage = 'file', storage_path = '{folder}/out')",
    "pragma enable_profiling = 'json'",
    "set profiling_output = '{folder}/out.json'",
)
REOPENS = (
    "set enable_external_access = true",
    "reset enable_external_access",
    "set global lock_configuration = false",
    "set allowed_directories = ['/']",
    "set extension_directory = '{folder}'",
    "set temp_directory = '{folder}'",
    "install httpfs",
    "load httpfs",
    "load '{folder}/out.duckdb_extension'",
    "update extensions",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import duckdb

    (tmp_path / "secret.csv").write_text(f"text\n{SECRET}\n")
    (tmp_path / "schema.sql").write_text("create table stolen (a int);")
    (tmp_path / "load.sql").write_text("")
    with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
        other.execute(f"create table secret as select '{SECRET}' as text")
        other.sql("from secret").write_parquet(str(tmp_path / "secret.parquet"))
    return tmp_path


@pytest.mark.parametrize("query", [*READS, *WRITES, *REOPENS])
def test_a_query_that_would_leave_the_release_is_refused_in_one_line(
    warehouse: Warehouse, folder: Path, query: str
) -> None:
    before = sorted((path, path.stat().st_size) for path in folder.rglob("*"))
    release = sorted(path.name for path in warehouse.database.resolve().parent.iterdir())
    for output in ("csv", "parquet"):
        run = run_here(warehouse, "sql", query.format(folder=folder), "-f", output)
        assert_refused(run, 1, "Error")
        assert SECRET not in run.stderr
    assert sorted((path, path.stat().st_size) for path in folder.rglob("*")) == before
    assert sorted(path.name for path in warehouse.database.resolve().parent.iterdir()) == release


def test_python_has_no_tables_for_a_query(warehouse: Warehouse) -> None:
    for name in ("rows", "columns", "statement", "query"):
        assert_refused(run_here(warehouse, "sql", f"from {name}"), 1, f"Table with name {name} does not exist")


def test_bytes_that_are_not_utf_8_are_refused(warehouse: Warehouse) -> None:
    assert_refused(run_here(warehouse, "sql", stdin=b"select '\xff'"), 2, "not UTF-8: byte 9 cannot be read")


def test_what_is_no_number_is_null_in_json_and_a_name_that_stands_twice_is_told_apart(warehouse: Warehouse) -> None:
    query = (
        "select 'nan'::double as a, 'inf'::double as a, [1.5, '-inf'::double] as list, {'x': 'nan'::float} as struct"
    )
    run = run_here(warehouse, "sql", query, "-f", "json")
    assert (run.exit_code, run.stderr) == (0, "")
    assert read_json(run.text) == [{"a": None, "a_1": None, "list": [1.5, None], "struct": {"x": None}}]


def test_a_long_answer_is_cut_in_a_table_alone_and_says_so(warehouse: Warehouse) -> None:
    query = "select i from range(20001) as numbers(i)"
    cut, whole = (run_here(warehouse, "sql", query, "-f", name) for name in ("table", "csv"))
    assert (cut.exit_code, cut.stderr, whole.exit_code, whole.stderr) == (0, "", 0, "")
    lines = cut.text.splitlines()
    assert lines[-1] == "The first 10,000 rows; --format csv or --format parquet has all."
    assert [int(line) for line in lines[2:-1]] == list(range(10_000))
    assert len(read_csv(whole.text)[1]) == 20_001


def test_an_answer_goes_to_a_file_where_one_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    for name in ("table", "md", "csv", "json", "parquet"):
        words = ("sql", "from marts.dim_partners", "-f", name)
        printed, written = run_here(warehouse, *words), run_here(warehouse, *words, "-o", str(tmp_path / name))
        assert (written.exit_code, written.stdout, written.stderr) == (0, b"", "")
        assert (tmp_path / name).read_bytes() == printed.stdout


def test_a_query_that_is_refused_leaves_the_file_as_it_was(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "answer.csv").write_text("yesterday's\n")
    assert_refused(run_here(warehouse, "sql", "from nowhere", "-o", str(tmp_path / "answer.csv")), 1, "nowhere")
    assert (tmp_path / "answer.csv").read_text() == "yesterday's\n"


def test_a_reader_that_has_seen_enough_ends_it_quietly(warehouse: Warehouse) -> None:
    for name in ("csv", "json", "md", "parquet"):
        command = [*COMMAND, "sql", "select i, repeat('x', 100) from range(3000000) as t(i)", "-f", name]
        with subprocess.Popen(
            command, env=warehouse.env, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as run:
            assert run.stdout
            assert run.stderr
            run.stdout.read(10)
            run.stdout.close()
            assert (run.stderr.read(), run.wait()) == (b"", 0), name


def test_an_interrupted_query_ends_at_once_and_without_a_word(warehouse: Warehouse) -> None:
    endless = "select count(*) from range(1000000000000) as numbers(i) where i % 7 = 3"
    run = warehouse.start("sql", endless)
    used = -1.0
    # at work on the query once it has used a second of processor time
    while used < 2.5 and run.poll() is None:
        fields = Path(f"/proc/{run.pid}/stat").read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    # what a shell calls 130
    assert (run.returncode, out, err) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize("extra", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONOPTIMIZE": "2"}], ids=["ascii", "optimized"])
def test_it_answers_on_a_terminal_of_ascii_and_without_docstrings(warehouse: Warehouse, extra: dict[str, str]) -> None:
    asked = Warehouse(warehouse.data, warehouse.seeds, extra)
    for words in (["as-of", "2025-12-05", "--partner", "KOR"], ["sql", "select 'Türkiye → 東京' as name"], ["--help"]):
        run = subprocess.run(
            [sys.executable, "-m", "dagster_project", *words],
            env=asked.env, cwd=PROJECT_ROOT, capture_output=True, check=False,
        )  # fmt: skip
        assert (run.returncode, run.stderr) == (0, b"")
        assert run.stdout
    assert b"Run one query on the current release" in run.stdout
    told = asked.run("sql", "select 'Türkiye' as name", "-f", "json")
    assert read_json(told.stdout) == [{"name": "Türkiye"}]
