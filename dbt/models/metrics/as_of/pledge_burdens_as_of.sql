{{ config(parameters=['query_known_on']) }}
{{ pledge_burdens('cast(query_known_on as date)') }}
