select
    assertion_id,
    component_id,
    pledge_id,
    component,
    share_min,
    share_max,
    source_id,
    source_locator,
    confidence,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    note
from {{ source('raw', 'pledge_components') }}
