select rates.* replace (coalesce(valid_to, {{ open_end() }}) as valid_to), rate_status = 'in_force' as is_in_force
from {{ source("raw", "tariff_rates") }} as rates
