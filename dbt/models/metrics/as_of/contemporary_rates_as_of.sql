{{ config(parameters=['query_known_on']) }}
{{ contemporary_rates('cast(query_known_on as date)') }}
