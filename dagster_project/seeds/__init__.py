"""The door: the curated facts of `seeds/`, read, typed and judged before anything is built on them.

Belongs here: what a row must look like (`schemas.py`), how files are read (`reading.py`, `files.py`), rules within a
row, across rows and across files, the cited texts, what the log said before (`log_history.py`). Does not belong here:
tables, releases, Dagster, and anything computed from facts (dbt). Imports only the settings.
"""
