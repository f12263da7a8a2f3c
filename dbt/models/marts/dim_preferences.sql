select {{ contract_columns("preferences") }} from {{ source("raw", "preferences") }} as preferences
