select
    official_id,
    official_name,
    role,
    partner_iso3,
    role_from,
    role_to,
    source_id,
    source_locator,
    note
from {{ ref('stg_officials') }}
