select {{ contract_columns("partners") }} from {{ source("raw", "partners") }} as partners
