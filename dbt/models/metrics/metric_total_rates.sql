{{ total_rates('(select ' ~ as_of_date() ~ ' as known_on) as today') }}
