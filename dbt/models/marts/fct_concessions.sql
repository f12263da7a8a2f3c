with rectangles as (
    {{ known_rectangles(ref('stg_concessions'), 'concession_id') }}
)

select
    facts.assertion_id,
    facts.concession_id,
    facts.deal_id,
    facts.partner_iso3,
    facts.concession_type,
    facts.scope_id,
    facts.concession_summary,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_concessions') }} as facts
    on rectangles.assertion_id = facts.assertion_id
