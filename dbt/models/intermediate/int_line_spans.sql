-- When the schedule prints a line, whatever its duties: what a list's codes are put on.
with
    printed as (select line_code, valid_from, valid_to, known_from, known_to from {{ ref("dim_tariff_lines") }}),

    joined_in_valid_time as (
        {{ merge_touching("printed", ["line_code", "known_from", "known_to"], "valid_from", "valid_to") }}
    )

    {{ merge_touching("joined_in_valid_time", ["line_code", "valid_from", "valid_to"], "known_from", "known_to") }}
