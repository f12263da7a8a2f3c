-- A schedule says of each line what holds from its day on; the next one known that says otherwise, or prints the line no
-- more, ends it. Until then the end is not known.
with
    printed as (
        select lines.*, coalesce(lines.ended_known_from, {{ open_end() }}) as known_to
        from {{ source("raw", "tariff_lines") }} as lines
    ),

    rectangles as (
        select * replace ({{ open_end() }} as valid_to)
        from printed
        union all
        select * replace (ended_known_from as known_from, {{ open_end() }} as known_to)
        from printed
        where ended_known_from is not null
    )

select {{ contract_columns("rectangles") }}
from rectangles
