select
    scope_id,
    scope_name,
    sector,
    hs_prefixes,
    excluded_prefixes,
    parent_scope_id,
    condition,
    note
from {{ ref('stg_product_scopes') }}
