select {{ contract_columns("providers") }} from {{ source("raw", "providers") }} as providers
