with rectangles as (
    {{ known_rectangles(ref('stg_deal_events'), 'event_id') }}
)

select
    facts.assertion_id,
    facts.event_id,
    facts.deal_id,
    facts.partner_iso3,
    facts.event_date,
    facts.event_type,
    facts.event_name,
    facts.event_summary,
    facts.instrument_id,
    facts.official_id,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_deal_events') }} as facts
    on rectangles.assertion_id = facts.assertion_id
