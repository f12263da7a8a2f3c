{{ pledge_standings(as_of_date()) }}
