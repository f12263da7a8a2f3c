with rectangles as (
    {{ known_rectangles(ref('stg_claims'), 'claim_id') }}
)

select
    facts.assertion_id,
    facts.claim_id,
    facts.claimed_by,
    facts.claimed_date,
    facts.partner_iso3,
    facts.scope_id,
    facts.pledge_id,
    facts.claim_metric,
    facts.rival_iso3,
    facts.valid_on,
    facts.stated_value,
    facts.unit,
    facts.qualifier,
    facts.claim_summary,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_claims') }} as facts
    on rectangles.assertion_id = facts.assertion_id
