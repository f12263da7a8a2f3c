{{ config(parameters=['query_known_on']) }}
{{ claim_checks('cast(query_known_on as date)') }}
