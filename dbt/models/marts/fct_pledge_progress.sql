with rectangles as (
    {{ known_rectangles(ref('stg_pledge_progress'), 'progress_id') }}
)

select
    facts.assertion_id,
    facts.progress_id,
    facts.pledge_id,
    facts.parent_progress_id,
    facts.progress_date,
    facts.progress_type,
    facts.progress_name,
    facts.amount_bn,
    facts.amount_usd,
    facts.missing_reason,
    facts.currency_code,
    facts.fx_per_usd,
    facts.is_cumulative,
    facts.source_id,
    facts.source_locator,
    facts.confidence,
    rectangles.known_from,
    rectangles.known_to,
    facts.recorded_on,
    facts.note
from rectangles
inner join {{ ref('stg_pledge_progress') }} as facts
    on rectangles.assertion_id = facts.assertion_id
