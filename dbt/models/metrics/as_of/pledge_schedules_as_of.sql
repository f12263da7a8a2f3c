{{ config(parameters=['query_known_on']) }}
{{ pledge_schedules('cast(query_known_on as date)') }}
