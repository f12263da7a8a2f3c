with
    rectangles as (
        {{
            known_rectangles(
                source("raw", "partner_groups"),
                "concat_ws('|', programme_id, group_iso3, partner_iso3)",
                has_valid_time=true,
            )
        }}
    )

select {{ contract_columns("facts", {"rectangles": ["valid_from", "valid_to", "known_from", "known_to"]}) }}
from rectangles
inner join {{ source("raw", "partner_groups") }} as facts on rectangles.assertion_id = facts.assertion_id
