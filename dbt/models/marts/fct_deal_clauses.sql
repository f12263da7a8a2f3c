with rectangles as (
    {{ known_rectangles(ref('stg_deal_clauses'), 'clause_id') }}
)

select
    facts.assertion_id,
    facts.clause_id,
    facts.deal_id,
    facts.clause_type,
    facts.scope_id,
    facts.trigger_summary,
    facts.reference_summary,
    facts.clause_state,
    facts.due_date,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_deal_clauses') }} as facts
    on rectangles.assertion_id = facts.assertion_id
