-- The members of lists put on the lines that a code stands for, where line and state hold together.
with
    prefixes as (
        select line_code, left(line_code, digits.digits) as code, valid_from, valid_to, known_from, known_to
        from {{ ref("int_line_spans") }}
        cross join (values (2), (4), (6), (8), (10)) as digits(digits)
    )

select
    members.list_id,
    members.list_version,
    prefixes.line_code,
    members.code,
    members.role,
    members.condition_id,
    members.named_article,
    greatest(members.valid_from, prefixes.valid_from) as valid_from,
    least(members.valid_to, prefixes.valid_to) as valid_to,
    greatest(members.known_from, prefixes.known_from) as known_from,
    least(members.known_to, prefixes.known_to) as known_to
from {{ ref("int_list_members") }} as members
inner join
    prefixes
    on members.code = prefixes.code
    and members.valid_from < prefixes.valid_to
    and prefixes.valid_from < members.valid_to
    and members.known_from < prefixes.known_to
    and prefixes.known_from < members.known_to
