select bloc_iso3, partner_iso3, valid_from, coalesce(valid_to, {{ open_end() }}) as valid_to
from {{ source("raw", "partner_members") }}
