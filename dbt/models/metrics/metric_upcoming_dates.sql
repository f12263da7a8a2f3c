{{ upcoming_dates(as_of_date()) }}
