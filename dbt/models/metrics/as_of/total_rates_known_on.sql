{{ config(parameters=['query_known_on']) }}
{{ total_rates('(select cast(query_known_on as date) as known_on) as asked') }}
