"""String work on the tariff schedule and the texts of the law: schedule to lines, texts to codes.

Belongs here: what reads the schedule's cells and the law's lists of codes, in Polars and as pure functions. Does not
belong here: which list a rate names (`seeds`), what goods pay (dbt).
"""
