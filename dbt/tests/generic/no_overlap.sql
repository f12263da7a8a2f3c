{# Intervals of a key never share a day. #}
{% test no_overlap(model, key, interval) %}
    {% set key_columns = key | join(", ") %}
    select *
    from
        (
            select
                {{ key_columns }},
                {{ interval[0] }} as starts_on,
                {{ interval[1] }} as ends_on,
                lead({{ interval[0] }}) over (
                    partition by {{ key_columns }} order by {{ interval[0] }}
                ) as next_starts_on
            from {{ model }}
        ) as intervals
    where next_starts_on < ends_on or starts_on >= ends_on
{% endtest %}
