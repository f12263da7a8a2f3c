{{ config(parameters=["query_valid_on", "query_known_on"]) }}
select *
from ({{ rates_known_on("cast(query_known_on as date)") }}) as rates
where {{ covers("rates", "cast(query_valid_on as date)") }}
