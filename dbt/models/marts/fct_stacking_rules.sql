with rectangles as ({{ known_rectangles(source("raw", "stacking_rules"), "stacking_id", has_valid_time=true) }})

select {{ contract_columns("facts", {"rectangles": ["valid_from", "valid_to", "known_from", "known_to"]}) }}
from rectangles
inner join {{ source("raw", "stacking_rules") }} as facts on rectangles.assertion_id = facts.assertion_id
