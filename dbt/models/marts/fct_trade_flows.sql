with rectangles as (
    {{ known_rectangles(ref('stg_trade_flows'), 'flow_id') }}
)

select
    facts.assertion_id,
    facts.flow_id,
    facts.partner_iso3,
    facts.scope_id,
    facts.period,
    facts.imports_usd,
    facts.duties_usd,
    facts.provider,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_trade_flows') }} as facts
    on rectangles.assertion_id = facts.assertion_id
