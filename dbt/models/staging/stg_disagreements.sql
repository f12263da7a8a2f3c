select
    disagreement_id,
    topic,
    value_a,
    source_a_id,
    assertion_a_id,
    value_b,
    source_b_id,
    assertion_b_id,
    preferred as preferred_side,
    reason
from {{ source('raw', 'disagreements') }}
