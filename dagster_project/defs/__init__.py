"""Dagster's side: the assets of the flow, a module for each word, and how a run goes.

Belongs here: assets, checks, schedules, sensors, dbt as Dagster runs it, Dagster's own history. Does not belong here:
the work itself, which the other rooms do without Dagster.
"""
