select {{ contract_columns("product_scopes") }} from {{ source("raw", "product_scopes") }} as product_scopes
