select {{ contract_columns("conditions") }} from {{ source("raw", "conditions") }} as conditions
