{{ config(parameters=['query_known_on']) }}
{{ pledge_delivery('cast(query_known_on as date)') }}
