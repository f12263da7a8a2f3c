"""A release: from a build's first file to the folder that `current` names, and what became of the one before.

Belongs here: building and sealing (`build.py`, `manifest.py`), the moves between folders (`shelf.py`), the lock,
whether inputs changed (`fingerprint.py`), what differs from the last one (`differences.py`, `changes.py`) and whether
it may be published (`gate.py`). Does not belong here: Dagster, pages and copies, the meaning of a table (dbt).
"""
