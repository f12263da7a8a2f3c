-- What each state of a list puts in and takes out, in codes, with the lists that it names followed to their codes. A
-- list
-- within a list counts while both states hold.
with recursive
    states as (
        select
            assertion_id as list_version,
            list_id,
            coalesce(valid_from, {{ open_start() }}) as valid_from,
            valid_to,
            known_from,
            known_to
        from {{ ref("fct_list_versions") }}
    ),

    named as (
        select
            list_version,
            code,
            member_role as role,
            condition_id,
            named_article,
            left(code, 1) between '0' and '9' as is_code
        from {{ ref("fct_list_codes") }}
    ),

    reached as (
        select list_id, list_version, cast(null as varchar) as condition_id, valid_from, valid_to, known_from, known_to
        from states
        union all
        select
            reached.list_id,
            states.list_version,
            coalesce(named.condition_id, reached.condition_id) as condition_id,
            greatest(reached.valid_from, states.valid_from) as valid_from,
            least(reached.valid_to, states.valid_to) as valid_to,
            greatest(reached.known_from, states.known_from) as known_from,
            least(reached.known_to, states.known_to) as known_to
        from reached
        inner join named on reached.list_version = named.list_version and not named.is_code and named.role = 'include'
        inner join
            states
            on named.code = states.list_id
            and reached.valid_from < states.valid_to
            and states.valid_from < reached.valid_to
            and reached.known_from < states.known_to
            and states.known_from < reached.known_to
    ),

    includes as (
        select
            reached.list_id,
            reached.list_version,
            named.code,
            coalesce(named.condition_id, reached.condition_id) as condition_id,
            named.named_article,
            reached.valid_from,
            reached.valid_to,
            reached.known_from,
            reached.known_to
        from reached
        inner join named on reached.list_version = named.list_version and named.is_code and named.role = 'include'
    ),

    -- codes, and of a list that is taken out what it has whole and without a condition
    taken_out as (
        select
            states.list_id,
            states.list_version,
            named.code,
            states.valid_from,
            states.valid_to,
            states.known_from,
            states.known_to
        from states
        inner join named on states.list_version = named.list_version and named.is_code and named.role = 'exclude'
        union all
        select
            states.list_id,
            includes.list_version,
            includes.code,
            greatest(states.valid_from, includes.valid_from) as valid_from,
            least(states.valid_to, includes.valid_to) as valid_to,
            greatest(states.known_from, includes.known_from) as known_from,
            least(states.known_to, includes.known_to) as known_to
        from states
        inner join named on states.list_version = named.list_version and not named.is_code and named.role = 'exclude'
        inner join
            includes
            on named.code = includes.list_id
            and not includes.named_article
            and includes.condition_id is null
            and states.valid_from < includes.valid_to
            and includes.valid_from < states.valid_to
            and states.known_from < includes.known_to
            and includes.known_from < states.known_to
    )

select
    list_id,
    list_version,
    code,
    'include' as role,
    condition_id,
    named_article,
    valid_from,
    valid_to,
    known_from,
    known_to
from includes
union all
select
    list_id,
    list_version,
    code,
    'exclude' as role,
    cast(null as varchar) as condition_id,
    false as named_article,
    valid_from,
    valid_to,
    known_from,
    known_to
from taken_out
