{{ config(parameters=['query_known_on']) }}
{{ pledge_standings('cast(query_known_on as date)') }}
