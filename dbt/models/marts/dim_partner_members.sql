select
    bloc_iso3,
    partner_iso3,
    valid_from,
    valid_to
from {{ ref('stg_partner_members') }}
