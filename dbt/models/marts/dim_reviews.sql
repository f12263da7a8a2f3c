select {{ contract_columns("reviews") }} from {{ source("raw", "reviews") }} as reviews
