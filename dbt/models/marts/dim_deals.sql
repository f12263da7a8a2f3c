select {{ contract_columns("deals") }} from {{ source("raw", "deals") }} as deals
