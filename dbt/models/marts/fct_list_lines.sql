-- Most lists are codes alone, whose states never overlap. Where a list takes something out or names other lists, the
-- plane
-- of each line is cut at every edge, what is taken out is left out, and what touches is joined again.
with
    spans as (select found.* from {{ ref("int_list_line_spans") }} as found),

    composed as (
        select list_id
        from spans
        where role = 'exclude'
        union
        select states.list_id
        from {{ ref("fct_list_codes") }} as members
        inner join {{ ref("fct_list_versions") }} as states on members.list_version = states.assertion_id
        where left(members.code, 1) not between '0' and '9'
    ),

    plain as (select spans.* from spans where list_id not in (select list_id from composed)),

    pieces as (select spans.* from spans where list_id in (select list_id from composed)),

    {% for clock in ("valid", "known") %}
        {{ clock }}_points as (
            select list_id, line_code, {{ clock }}_from as point
            from pieces
            union
            select list_id, line_code, {{ clock }}_to as point
            from pieces
        ),

        {{ clock }}_segments as (
            select
                list_id,
                line_code,
                point as {{ clock }}_from,
                lead(point) over (partition by list_id, line_code order by point) as {{ clock }}_to
            from {{ clock }}_points
        ),
    {% endfor %}

    cells as (
        select
            pieces.* replace (
                valid_segments.valid_from as valid_from,
                valid_segments.valid_to as valid_to,
                known_segments.known_from as known_from,
                known_segments.known_to as known_to
            ),
            max(case when pieces.role = 'exclude' then 1 else 0 end) over (
                partition by pieces.list_id, pieces.line_code, valid_segments.valid_from, known_segments.known_from
            ) as is_taken_out
        from pieces
        inner join
            valid_segments
            on pieces.list_id = valid_segments.list_id
            and pieces.line_code = valid_segments.line_code
            and valid_segments.valid_from >= pieces.valid_from
            and valid_segments.valid_to <= pieces.valid_to
        inner join
            known_segments
            on pieces.list_id = known_segments.list_id
            and pieces.line_code = known_segments.line_code
            and known_segments.known_from >= pieces.known_from
            and known_segments.known_to <= pieces.known_to
    ),

    every as (
        select plain.* exclude (role)
        from plain
        union all
        select cells.* exclude (role, is_taken_out)
        from cells
        where is_taken_out = 0
    ),

    -- of the codes of a list that stand for a line the whole line goes before a named article, then the longest code
    nearest as (
        select every.*
        from every
        qualify
            row_number() over (
                partition by list_id, line_code, condition_id, valid_from, known_from
                order by named_article, length(code) desc, list_version
            )
            = 1
    ),

    {% set kept = ["list_id", "list_version", "line_code", "code", "condition_id", "named_article"] %}
    joined_in_valid_time as (
        {{ merge_touching("nearest", kept + ["known_from", "known_to"], "valid_from", "valid_to") }}
    ),

    joined as (
        {{ merge_touching("joined_in_valid_time", kept + ["valid_from", "valid_to"], "known_from", "known_to") }}
    )

select
    list_id,
    line_code,
    condition_id,
    named_article,
    code as listed_code,
    list_version as assertion_id,
    valid_from,
    valid_to,
    known_from,
    known_to
from joined
