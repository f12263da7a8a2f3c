{{ config(parameters=['query_known_on']) }}
{{ deal_scorecards(ref('total_rates_known_on') ~ '(query_known_on)', 'cast(query_known_on as date)') }}
