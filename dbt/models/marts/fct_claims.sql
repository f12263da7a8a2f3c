{{ known_facts("claims") }}
