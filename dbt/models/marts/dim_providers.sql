select
    provider,
    provider_name,
    provider_rank,
    publishes
from {{ ref('stg_providers') }}
