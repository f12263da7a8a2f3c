{{ known_facts("deal_clauses") }}
