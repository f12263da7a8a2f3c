{{ known_facts("pledges", ref("stg_pledges")) }}
