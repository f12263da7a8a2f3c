{% set from_elsewhere = {
    "rectangles": ["valid_from", "valid_to", "known_from", "known_to"],
    "programmes": ["authority"],
} %}

select {{ contract_columns("facts", from_elsewhere) }}
from {{ ref("int_tariff_rate_rectangles") }} as rectangles
inner join {{ ref("stg_tariff_rates") }} as facts on rectangles.assertion_id = facts.assertion_id
inner join {{ ref("dim_programmes") }} as programmes on facts.programme_id = programmes.programme_id
where rectangles.scenario = 'actual'
