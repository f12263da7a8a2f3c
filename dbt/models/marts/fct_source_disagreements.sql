select {{ contract_columns("disagreements") }} from {{ source("raw", "disagreements") }} as disagreements
