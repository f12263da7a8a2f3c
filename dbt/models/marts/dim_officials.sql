select {{ contract_columns("officials") }} from {{ source("raw", "officials") }} as officials
