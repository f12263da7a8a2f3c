-- The general column, column 2, and each symbol of the special column that stands for something that still runs.
-- Two symbols may stand for one preference (E and E*): they share a cell.
with
    columns_of_lines as (
        {% for base_column, of in (("general", "general"), ("column-2", "column_2")) %}
            select
                rate_code,
                '{{ base_column }}' as base_column,
                {{ of }}_kind as base_kind,
                {{ of }}_pct as base_rate_pct,
                {{ of }}_text as base_text,
                first_release,
                valid_from,
                valid_to,
                known_from,
                end_known_from
            from {{ source("raw", "tariff_lines") }}
            where {{ of }}_text is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    special as (
        select
            cells.rate_code,
            preferences.preference as base_column,
            cells.kind as base_kind,
            cells.pct as base_rate_pct,
            cells.text as base_text,
            cells.first_release,
            cells.valid_from,
            least(cells.valid_to, coalesce(preferences.runs_to, {{ open_end() }})) as valid_to,
            cells.known_from,
            cells.end_known_from
        from {{ source("raw", "line_preferences") }} as cells
        inner join {{ ref("dim_preferences") }} as preferences on cells.symbol = preferences.symbol
        where cells.valid_from < coalesce(preferences.runs_to, {{ open_end() }})
    ),

    every as (
        select columns_of_lines.*
        from columns_of_lines
        union all
        select special.*
        from special
    ),

    -- lines under one rate come and go on days of their own; its cell is one, from the first to the last
    cells as (
        select
            rate_code,
            base_column,
            base_kind,
            cast(base_rate_pct as decimal(12, 6)) as base_rate_pct,
            base_text,
            min_by(first_release, valid_from) as release,
            min(valid_from) as valid_from,
            max(valid_to) as valid_to,
            min(known_from) as known_from,
            case when count(*) = count(end_known_from) then max(end_known_from) end as end_known_from
        from every
        group by rate_code, base_column, base_kind, base_rate_pct, base_text
    ),

    rectangles as ({{ printed_rectangles("cells") }})

select rate_code, base_column, base_kind, base_rate_pct, base_text, release, valid_from, valid_to, known_from, known_to
from rectangles
