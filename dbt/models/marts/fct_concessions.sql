{{ known_facts("concessions") }}
