with rectangles as (
    {{ known_rectangles(ref('stg_sector_roles'), 'sector_role_id') }}
)

select
    facts.assertion_id,
    facts.sector_role_id,
    facts.deal_id,
    facts.partner_iso3,
    facts.scope_id,
    facts.sector,
    facts.sector_role,
    facts.rival_iso3,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_sector_roles') }} as facts
    on rectangles.assertion_id = facts.assertion_id
