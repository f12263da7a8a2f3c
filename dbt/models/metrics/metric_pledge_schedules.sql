{{ pledge_schedules(as_of_date()) }}
