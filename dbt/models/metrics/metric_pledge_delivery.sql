{{ pledge_delivery(as_of_date()) }}
