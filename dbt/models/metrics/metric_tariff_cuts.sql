{{ tariff_cuts(ref("metric_total_rates")) }}
