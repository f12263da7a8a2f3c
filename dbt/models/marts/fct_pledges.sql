with rectangles as (
    {{ known_rectangles(ref('stg_pledges'), 'pledge_id') }}
)

select
    facts.assertion_id,
    facts.pledge_id,
    facts.parent_pledge_id,
    facts.deal_id,
    facts.partner_iso3,
    facts.pledge_name,
    facts.row_role,
    facts.asserted_by,
    facts.pledge_type,
    facts.amount_bn,
    facts.amount_usd,
    facts.currency_code,
    facts.amount_period,
    facts.bound,
    facts.quantity,
    facts.quantity_unit,
    facts.change_pct,
    facts.baseline,
    facts.annual_cap_usd,
    facts.annual_cap_year,
    facts.fx_per_usd,
    facts.fx_source_id,
    facts.horizon_from,
    facts.horizon_to,
    facts.horizon_kind,
    facts.is_upfront,
    facts.sectors,
    facts.bindingness,
    facts.pledge_status,
    facts.overlap_key,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_pledges') }} as facts
    on rectangles.assertion_id = facts.assertion_id
