-- A schedule says of each line what holds from its day on; the next one known that says otherwise, or prints the line
-- no
-- more, ends it. Until then the end is not known.
with
    printed as (
        select
            code as line_code,
            rate_code,
            description as line_text,
            general_kind as base_kind,
            cast(general_pct as decimal(12, 6)) as base_rate_pct,
            general_text,
            special_text,
            column_2_text,
            first_release as release,
            valid_from,
            valid_to,
            known_from,
            end_known_from
        from {{ source("raw", "tariff_lines") }}
    ),

    rectangles as ({{ printed_rectangles("printed") }})

select
    line_code,
    rate_code,
    line_text,
    base_kind,
    base_rate_pct,
    general_text,
    special_text,
    column_2_text,
    release,
    valid_from,
    valid_to,
    known_from,
    known_to
from rectangles
