{{ config(parameters=['query_known_on']) }}
{{ upcoming_dates('cast(query_known_on as date)') }}
