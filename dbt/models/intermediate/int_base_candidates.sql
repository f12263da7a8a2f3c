-- Every base duty that could bear on a partner's goods of a scope. A preference that the partner has goes before the
-- general column.
select
    parties.partner_iso3,
    ancestors.scope_id,
    ancestors.distance as scope_distance,
    parties.closeness as party_closeness,
    base_rates.base_rate_id,
    base_rates.assertion_id,
    base_rates.preference,
    case when base_rates.is_uniform then base_rates.rate_pct end as base_rate_pct,
    greatest(coalesce(rectangles.valid_from, {{ open_start() }}), parties.valid_from) as valid_from,
    least(rectangles.valid_to, parties.valid_to) as valid_to,
    rectangles.known_from,
    rectangles.known_to
from {{ ref("int_base_rate_rectangles") }} as rectangles
inner join {{ ref("stg_base_rates") }} as base_rates on rectangles.assertion_id = base_rates.assertion_id
inner join
    {{ ref("int_partner_parties") }} as parties
    on base_rates.partner_iso3 = parties.party_iso3
    and coalesce(rectangles.valid_from, {{ open_start() }}) < parties.valid_to
    and parties.valid_from < rectangles.valid_to
inner join {{ ref("int_scope_ancestors") }} as ancestors on base_rates.scope_id = ancestors.ancestor_scope_id
