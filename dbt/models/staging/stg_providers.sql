select
    provider,
    provider_name,
    provider_rank,
    publishes
from {{ source('raw', 'providers') }}
