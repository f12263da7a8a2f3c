{{ config(as_of=false) }} {{ competitor_gaps(ref("metric_total_rates")) }}
