-- Every scope with itself and each scope that it lies in; distance 0 is the scope itself. A list of the law is
-- answered by
-- line alone, and a retired scope not at all.
with recursive
    ancestors as (
        select scope_id, scope_id as ancestor_scope_id, 0 as distance
        from {{ ref("dim_product_scopes") }}
        where scope_kind in ('goods', 'condition')
        union all
        select ancestors.scope_id, scopes.parent_scope_id as ancestor_scope_id, ancestors.distance + 1 as distance
        from ancestors
        inner join {{ ref("dim_product_scopes") }} as scopes on ancestors.ancestor_scope_id = scopes.scope_id
        where scopes.parent_scope_id is not null
    )

select scope_id, ancestor_scope_id, distance
from ancestors
