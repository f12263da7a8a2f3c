{{ config(parameters=['query_known_on']) }}
{{ tariff_cuts(ref('total_rates_known_on') ~ '(query_known_on)') }}
