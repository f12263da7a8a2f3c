select
    facts.assertion_id,
    facts.base_rate_id,
    facts.partner_iso3,
    facts.scope_id,
    facts.preference,
    facts.rate_pct,
    facts.is_uniform,
    rectangles.valid_from,
    rectangles.valid_to,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from {{ ref('int_base_rate_rectangles') }} as rectangles
inner join {{ ref('stg_base_rates') }} as facts
    on rectangles.assertion_id = facts.assertion_id
