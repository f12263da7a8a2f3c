select
    scope_id,
    scope_name,
    sector,
    hs_prefixes,
    excluded_prefixes,
    parent_scope_id,
    condition,
    note
from {{ source('raw', 'product_scopes') }}
