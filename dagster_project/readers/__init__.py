"""Readers of a release: the page, the copy in PostgreSQL, the site, the state of the world on a day.

Belongs here: what asks a published file and shows the answer. Does not belong here: making a release, formulas (the
release's tables and macros hold them), the terminal (`commands/`).
"""
