{{ known_facts('concessions') }}
