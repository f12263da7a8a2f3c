{{ known_facts("pledge_progress", ref("stg_pledge_progress")) }}
