{{ known_facts("sector_roles") }}
