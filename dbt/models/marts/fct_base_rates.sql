select {{ contract_columns("facts", {"rectangles": ["valid_from", "valid_to", "known_from", "known_to"]}) }}
from {{ ref("int_base_rate_rectangles") }} as rectangles
inner join {{ ref("stg_base_rates") }} as facts on rectangles.assertion_id = facts.assertion_id
