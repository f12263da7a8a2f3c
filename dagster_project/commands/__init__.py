"""The subcommands of `warehouse`, each in the module of its name, and what they share.

Belongs here: arguments, words on the terminal (`console.py`, `tables.py`), exit codes, how a command ends
(`interrupt.py`); the pages of the site (`site.py`, which `make docs` runs). Does not belong here: work that another
program might want done too. Only `run_job.py` imports Dagster.
"""
