select {{ contract_columns("members") }} from {{ ref("stg_partner_members") }} as members
