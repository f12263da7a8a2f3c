select
    deal_id,
    deal_name,
    partner_iso3,
    source_id,
    source_locator,
    note
from {{ source('raw', 'deals') }}
