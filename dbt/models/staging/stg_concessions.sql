select
    assertion_id,
    concession_id,
    deal_id,
    partner_iso3,
    concession_type,
    scope_id,
    concession_summary,
    source_id,
    source_locator,
    confidence,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    note
from {{ source('raw', 'concessions') }}
