{{ known_facts("pledge_components") }}
