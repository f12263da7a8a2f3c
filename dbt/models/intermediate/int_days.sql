{{ config(materialized="view") }}
select cast(days.day as date) as date_day
from generate_series(timestamp '2017-01-01', timestamp '2035-12-31', interval 1 day) as days(day)
