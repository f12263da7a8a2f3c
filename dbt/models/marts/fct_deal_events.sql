{{ known_facts("deal_events") }}
