"""Partners are found by what people call them, tables fit their terminal, and a shell can complete names."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.commands.tables import _folded, _width
from dagster_project.readers.names import ALSO, UnknownName, partner_code
from dagster_project.readers.state import SECTIONS
from dagster_project.settings import PROJECT_ROOT
from tests.command_line import run_here
from tests.conftest import COMMAND, Warehouse

PARTNERS = {
    "CIV": "Côte d'Ivoire", "EUU": "European Union", "GBR": "United Kingdom", "JPN": "Japan", "KOR": "South Korea",
    "PRK": "North Korea", "SAU": "Saudi Arabia", "TTO": "Trinidad and Tobago", "ZAF": "South Africa",
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("KOR", "KOR"), ("kor", "KOR"), ("South Korea", "KOR"), ("south  korea", "KOR"), ("korea", "KOR"),
        ("Republic of Korea", "KOR"), ("north korea", "PRK"), ("japan", "JPN"), ("Jap", "JPN"), ("EU", "EUU"),
        ("european union", "EUU"), ("UK", "GBR"), ("saudi", "SAU"), ("cote d'ivoire", "CIV"), ("tobago", "TTO"),
    ],
)  # fmt: skip
def test_a_partner_is_found_by_what_people_call_it(asked: str, code: str) -> None:
    assert partner_code(asked, PARTNERS) == code


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("south", "'south' may be South Korea (KOR) or South Africa (ZAF)."),
        ("Japn", "No partner 'Japn'. Near: Japan (JPN). Give a name"),
        ("Kroea", "No partner 'Kroea'. Near: South Korea (KOR)"),
        ("Atlantis", "No partner 'Atlantis'. Give a name or a code of three letters;"),
        ("UAE", "No partner 'UAE'."),
        ("", "No partner ''."),
        ("%_';", "No partner '%_';'."),
    ],
)
def test_who_is_not_found_is_told_who_is_near(asked: str, said: str) -> None:
    with pytest.raises(UnknownName, match=re.escape(said)):
        partner_code(asked, PARTNERS)


def test_every_name_in_use_means_a_partner_of_the_release(warehouse: Warehouse) -> None:
    run = run_here(warehouse, "sql", "select partner_iso3, partner_name from marts.dim_partners", "-f", "csv")
    codes = {line.split(",")[0] for line in run.text.splitlines()[1:]}
    assert run.exit_code == 0
    assert set(ALSO.values()) <= codes


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))), st.integers(2, 30))
def test_a_folded_cell_fits_and_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = _folded(text, width)
    assert all(_width(line) <= width for line in lines)
    assert "".join("".join(lines).split(" ")) == "".join(text.split(" "))


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_no_line_on_a_terminal_is_wider_than_it(warehouse: Warehouse, columns: int) -> None:
    for words in (["as-of", "2025-12-05", "--partner", "japan"], ["sql", "from metrics.metric_total_rates limit 3"]):
        ours, theirs = pty.openpty()
        env = warehouse.env | {"COLUMNS": str(columns), "LINES": "100000", "TERM": "dumb"}
        with subprocess.Popen(
            [*COMMAND, *words], env=env, cwd=PROJECT_ROOT, stdout=theirs, stderr=subprocess.PIPE
        ) as run:
            os.close(theirs)
            shown = b""
            try:
                while chunk := os.read(ours, 65536):
                    shown += chunk
            except OSError:  # the other end is closed
                pass
            os.close(ours)
        lines = shown.decode().splitlines()
        assert run.returncode == 0
        assert len(lines) > 5
        # a section's title is a sentence, and never folded
        titles = {section.title for section in SECTIONS}
        assert [line for line in lines if len(line) > columns and line not in titles] == []


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("warehouse as-of --partner KO", {"KOR"}),
        ("warehouse as-of --deal us-jap", {"us-japan-2025"}),
        ("warehouse diff cur", {"current"}),
        ("warehouse stat", {"status"}),
    ],
)
def test_a_shell_completes_partners_deals_releases_and_commands(
    warehouse: Warehouse, typed: str, completed: set[str]
) -> None:
    script = Path(sys.executable).parent / "warehouse"
    env = warehouse.env | {
        "_WAREHOUSE_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1),
    }  # fmt: skip
    run = subprocess.run([str(script)], env=env, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert completed <= set(run.stdout.split())
