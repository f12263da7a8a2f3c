"""What no one here wrote judges the facts: texts of the law, schedules, tables of others.

These lie beside the project, in ../shared. Without it each test is skipped, and says so.
"""

from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_ROOT

SHARED = PROJECT_ROOT.parent / "shared"
DOCUMENTS = SHARED / "documents"


def needs(folder: Path) -> pytest.MarkDecorator:
    """A mark for tests that read a folder beside the project."""
    return pytest.mark.skipif(not folder.is_dir(), reason=f"not at hand: ../{folder.relative_to(SHARED.parent)}")
