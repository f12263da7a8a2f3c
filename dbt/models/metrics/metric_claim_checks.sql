{{ claim_checks(as_of_date()) }}
