{{ config(parameters=["query_valid_on", "query_known_on"]) }}
{{ competitor_gaps(ref("total_rates_as_of") ~ "(query_valid_on, query_known_on)") }}
