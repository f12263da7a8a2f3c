{{ pledge_burdens(as_of_date()) }}
