select {{ contract_columns("programmes") }} from {{ source("raw", "programmes") }} as programmes
