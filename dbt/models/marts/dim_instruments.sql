select {{ contract_columns("instruments") }} from {{ source("raw", "instruments") }} as instruments
