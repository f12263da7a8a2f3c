with rectangles as ({{ known_rectangles(source("raw", "list_versions"), "list_id", has_valid_time=true) }})

select {{ contract_columns("facts", {"rectangles": ["valid_from", "valid_to", "known_from", "known_to"]}) }}
from rectangles
inner join {{ source("raw", "list_versions") }} as facts on rectangles.assertion_id = facts.assertion_id
