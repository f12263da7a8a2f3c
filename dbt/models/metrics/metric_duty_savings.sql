{{ duty_savings(ref("metric_total_rates"), as_of_date()) }}
