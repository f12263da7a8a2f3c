{#
The log of assertions becomes rectangles of valid time x known time.

`standing_assertions`: the rows of a log that take part in answers. A correction replaces the row it corrects, at every day
of knowledge, and is known from its own known_from: a wrong day is mended too. A retraction withdraws a row, and whatever it
was corrected to, from the retraction's known_from on (`known_until`); a retraction that names another one corrects its day.

`rectangles`: at (day d, knowledge k) the assertion that holds for a key is, among those known by k that cover d, the one
known last. The plane of each key is cut at every date at which anything changes, each cell goes to its winner, and cells
that touch and share their winner are joined again, in valid time first. Rows with is_tombstone win their cells and then vanish: an ending.
#}
{% macro standing_assertions(log, preferred_only=true) %}
    with recursive
        corrections as (
            select corrected.assertion_id, correcting.assertion_id as replaced_by
            from {{ log }} as correcting
            inner join
                {{ log }} as corrected
                on correcting.corrects = corrected.assertion_id
                and correcting.action = corrected.action
        ),

        replaced as (
            select assertion_id, replaced_by
            from corrections
            union
            select replaced.assertion_id, corrections.replaced_by
            from replaced
            inner join corrections on replaced.replaced_by = corrections.assertion_id
        ),

        -- what a retraction names, and the day that its last correction gives
        named as (
            select first.corrects as assertion_id, last.known_from
            from {{ log }} as first
            left join replaced on first.assertion_id = replaced.assertion_id
            inner join {{ log }} as last on last.assertion_id = coalesce(replaced.replaced_by, first.assertion_id)
            where first.action = 'retract' and last.assertion_id not in (select assertion_id from replaced)
        ),

        withdrawn as (
            select assertion_id, known_from
            from named
            union all
            select replaced.replaced_by as assertion_id, named.known_from
            from named
            inner join replaced on named.assertion_id = replaced.assertion_id
        ),

        retractions as (select assertion_id, min(known_from) as known_from from withdrawn group by assertion_id)

    select asserted.*, coalesce(retractions.known_from, {{ open_end() }}) as known_until
    from {{ log }} as asserted
    left join retractions on asserted.assertion_id = retractions.assertion_id
    where
        asserted.action = 'assert'
        {% if preferred_only %} and asserted.is_preferred{% endif %}
        and asserted.assertion_id not in (select assertion_id from replaced)
{% endmacro %}

{% macro rectangles(assertions) %}
    with
        spans as (
            select
                log_key,
                assertion_id,
                is_tombstone,
                coalesce(valid_from, {{ open_start() }}) as valid_from,
                coalesce(valid_to, {{ open_end() }}) as valid_to,
                asserted_from,
                known_from,
                known_until
            from {{ assertions }}
            where known_from < known_until
        ),

        valid_points as (
            select log_key, valid_from as point
            from spans
            union
            select log_key, valid_to as point
            from spans
        ),

        valid_segments as (
            select log_key, point as valid_from, lead(point) over (partition by log_key order by point) as valid_to
            from valid_points
        ),

        known_points as (
            select log_key, known_from as point
            from spans
            union
            select log_key, known_until as point
            from spans
        ),

        known_segments as (
            select log_key, point as known_from, lead(point) over (partition by log_key order by point) as known_to
            from known_points
        ),

        cells as (
            select
                spans.log_key,
                spans.assertion_id,
                spans.is_tombstone,
                valid_segments.valid_from,
                valid_segments.valid_to,
                known_segments.known_from,
                known_segments.known_to,
                row_number() over (
                    partition by spans.log_key, valid_segments.valid_from, known_segments.known_from
                    order by spans.asserted_from desc, spans.is_tombstone desc, spans.assertion_id desc
                ) as place
            from spans
            inner join
                valid_segments
                on spans.log_key = valid_segments.log_key
                and valid_segments.valid_from >= spans.valid_from
                and valid_segments.valid_to <= spans.valid_to
            inner join
                known_segments
                on spans.log_key = known_segments.log_key
                and known_segments.known_from >= spans.known_from
                and known_segments.known_to <= spans.known_until
        ),

        winners as (
            select log_key, assertion_id, valid_from, valid_to, known_from, known_to
            from cells
            where place = 1 and not is_tombstone
        ),

        -- valid time first: a row's end is then the end that was known, never one learned later
        joined_in_valid_time as (
            {{
                merge_touching(
                    "winners", ["log_key", "assertion_id", "known_from", "known_to"], "valid_from", "valid_to"
                )
            }}
        ),

        joined as (
            {{
                merge_touching(
                    "joined_in_valid_time",
                    ["log_key", "assertion_id", "valid_from", "valid_to"],
                    "known_from",
                    "known_to",
                )
            }}
        )

    select log_key, assertion_id, nullif(valid_from, {{ open_start() }}) as valid_from, valid_to, known_from, known_to
    from joined
{% endmacro %}

{#
Intervals of `relation` that touch, `[begins, ends)`, made one where all of `kept` is the same. They do not overlap within
`kept`. The columns are those of `kept` and the two ends.
#}
{% macro merge_touching(relation, kept, begins, ends) %}
    {% set same = kept | join(", ") %}
    select {{ same }}, min({{ begins }}) as {{ begins }}, max({{ ends }}) as {{ ends }}
    from
        (
            select
                starts.*,
                sum(is_start) over (
                    partition by {{ same }} order by {{ begins }} rows between unbounded preceding and current row
                ) as run
            from
                (
                    select
                        {{ relation }}.*,
                        case
                            when lag({{ ends }}) over (partition by {{ same }} order by {{ begins }}) = {{ begins }}
                            then 0
                            else 1
                        end as is_start
                    from {{ relation }}
                ) as starts
        ) as runs
    group by {{ same }}, run
{% endmacro %}

{# Rectangles of a log whose key is the thing itself: known time alone matters where the rows have no valid time. #}
{% macro known_rectangles(log, thing, has_valid_time=false) %}
    with
        standing as ({{ standing_assertions(log) }}),

        keyed as (
            select
                {{ thing }} as log_key,
                assertion_id,
                false as is_tombstone,
                {{ "valid_from" if has_valid_time else "cast(null as date)" }} as valid_from,
                {{ "valid_to" if has_valid_time else "cast(null as date)" }} as valid_to,
                known_from as asserted_from,
                known_from,
                known_until
            from standing
        ),

        derived as ({{ rectangles("keyed") }})

    select assertion_id, valid_from, valid_to, known_from, known_to
    from derived
{% endmacro %}

{# Rates as they were known on a day; that some of them were news of a later day does not show. #}
{% macro rates_known_on(known_on) %}
    select rates.* replace ({{ open_end() }} as known_to)
    from {{ ref("fct_tariff_rates") }} as rates
    where {{ known("rates", known_on) }}
{% endmacro %}
