{{ config(parameters=['query_valid_on', 'query_known_on']) }}
select *
from {{ ref('fct_tariff_rates') }} as rates
where {{ covers('rates', 'cast(query_valid_on as date)') }}
    and {{ known('rates', 'cast(query_known_on as date)') }}
