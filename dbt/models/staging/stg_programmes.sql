select
    programme_id,
    programme_name,
    authority,
    stacking_class,
    source_id,
    source_locator,
    note
from {{ source('raw', 'programmes') }}
