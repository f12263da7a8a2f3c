select rates.* replace (coalesce(valid_to, {{ open_end() }}) as valid_to)
from {{ source("raw", "base_rates") }} as rates
