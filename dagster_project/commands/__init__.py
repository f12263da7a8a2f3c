"""The subcommands of `warehouse`, one module each; `console.py` is what they share.

Belongs here: arguments, words on the terminal, exit codes. Does not belong here: work that another program might want
done too. Only `run_job.py` imports Dagster.
"""
