{#
Intervals of a schedule (valid_from, valid_to, known_from, end_known_from) as rectangles of both clocks: an interval has no
known end before `end_known_from`, the day of the release that ended it; null while it goes on.
#}
{% macro printed_rectangles(intervals) %}
    select
        {{ intervals }}.* exclude (valid_to, end_known_from),
        case when end_known_from is null then valid_to else {{ open_end() }} end as valid_to,
        coalesce(end_known_from, {{ open_end() }}) as known_to
    from {{ intervals }}
    union all
    select
        {{ intervals }}.* exclude (valid_to, end_known_from) replace (end_known_from as known_from),
        valid_to,
        {{ open_end() }} as known_to
    from {{ intervals }}
    where end_known_from is not null
{% endmacro %}
