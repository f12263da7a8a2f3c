select {{ contract_columns("lists") }} from {{ source("raw", "lists") }} as lists
