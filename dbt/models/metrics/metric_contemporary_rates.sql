{{ contemporary_rates(as_of_date()) }}
