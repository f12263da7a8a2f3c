select
    partner_iso3,
    partner_name,
    census_code,
    currency_code,
    is_bloc
from {{ source('raw', 'partners') }}
