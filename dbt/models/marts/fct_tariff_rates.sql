select
    facts.assertion_id,
    facts.rate_id,
    facts.partner_iso3,
    facts.scope_id,
    facts.programme_id,
    programmes.authority,
    facts.rate_basis,
    facts.rate_pct,
    facts.rate_status,
    facts.is_in_force,
    facts.quota_tier,
    facts.quota_volume,
    facts.quota_unit,
    facts.instrument_id,
    facts.deal_id,
    rectangles.valid_from,
    rectangles.valid_to,
    rectangles.known_from,
    rectangles.known_to,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    facts.recorded_on,
    facts.note
from {{ ref('int_tariff_rate_rectangles') }} as rectangles
inner join {{ ref('stg_tariff_rates') }} as facts
    on rectangles.assertion_id = facts.assertion_id
inner join {{ ref('stg_programmes') }} as programmes
    on facts.programme_id = programmes.programme_id
where rectangles.scenario = 'actual'
