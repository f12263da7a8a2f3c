{{ config(parameters=["query_valid_on", "query_known_on"]) }}
{{ total_rates("(select cast(query_known_on as date) as known_on) as asked", "cast(query_valid_on as date)") }}
