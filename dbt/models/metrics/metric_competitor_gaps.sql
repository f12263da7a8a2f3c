{{ competitor_gaps(ref('metric_total_rates')) }}
