select {{ contract_columns("endings") }} from {{ source("raw", "measure_endings") }} as endings
