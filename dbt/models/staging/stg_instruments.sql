select
    instrument_id,
    instrument_type,
    title,
    citation,
    signed_date,
    published_date,
    effective_date,
    source_id
from {{ source('raw', 'instruments') }}
