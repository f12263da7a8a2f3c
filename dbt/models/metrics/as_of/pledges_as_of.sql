{{ config(parameters=["query_known_on"]) }}
select * replace ({{ open_end() }} as known_to)
from {{ ref("fct_pledges") }} as pledges
where {{ known("pledges", "cast(query_known_on as date)") }}
