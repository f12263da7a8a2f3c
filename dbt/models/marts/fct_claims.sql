{{ known_facts('claims') }}
