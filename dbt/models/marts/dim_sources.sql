select {{ contract_columns("sources") }} from {{ source("raw", "sources") }} as sources
