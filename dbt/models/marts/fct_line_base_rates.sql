-- The general column, column 2, and each symbol of the special column that stands for something that still runs. Several
-- symbols may stand for one preference: the lower duty is its own.
with
    cells as (
        select
            cells.rate_code,
            cells.symbol,
            case
                cells.symbol when 'general' then 'general' when 'column_2' then 'column-2' else preferences.preference
            end as preference,
            cells.base_kind,
            cells.base_rate_pct,
            cells.base_text,
            cells.valid_from,
            least(cells.valid_to, coalesce(preferences.runs_to, {{ open_end() }})) as valid_to,
            cells.known_from,
            cells.ended_known_from
        from {{ source("raw", "line_preferences") }} as cells
        left join {{ ref("dim_preferences") }} as preferences on cells.symbol = preferences.symbol
    ),
    running as (select * from cells where valid_from < valid_to and preference is not null)
select * from running
