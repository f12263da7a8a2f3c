"""What others publish, as it is landed: payloads exactly as received, and what is read from them.

Belongs here: the landing that all sources share (`landing.py`), bytes to text (`payloads.py`), one module a source
(`usitc.py`, `census.py`), and the snapshots that stand in for landed payloads in a fresh clone (`snapshots.py`). Does
not belong here: what the schedule's cells say (`tariff_lines`), tables of a build (`defs`), what goods pay (dbt).
"""
