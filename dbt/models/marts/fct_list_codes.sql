select {{ contract_columns("product_lists") }} from {{ source("raw", "product_lists") }} as product_lists
