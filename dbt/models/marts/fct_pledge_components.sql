with rectangles as (
    {{ known_rectangles(ref('stg_pledge_components'), 'component_id') }}
)

select
    facts.assertion_id,
    facts.component_id,
    facts.pledge_id,
    facts.component,
    facts.share_min,
    facts.share_max,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_pledge_components') }} as facts
    on rectangles.assertion_id = facts.assertion_id
