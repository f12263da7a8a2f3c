{#
The most that can be paid by each year under a pledge's annual cap: min(amount, cap x years). The schedule assumes that
payment starts in the first full calendar year after the pledge became known in this form; `min_years` = ceil(amount / cap)
does not depend on the start. A deadline for selecting projects is not one for paying, and stands beside the schedule.
#}
{% set known_on = as_of_date() %}
with
    capped as (
        select
            pledge_id,
            partner_iso3,
            pledge_name,
            pledge_type,
            amount_usd,
            annual_cap_usd,
            annual_cap_year,
            horizon_to - 1 as deadline_date,
            horizon_kind as deadline_kind,
            cast(extract(year from known_from) as integer) + 1 as assumed_start_year,
            cast(ceil(amount_usd / annual_cap_usd) as integer) as min_years
        from {{ ref("fct_pledges") }} as pledges
        where
            {{ known("pledges", known_on) }}
            and annual_cap_usd > 0
            and amount_usd is not null
            and amount_period = 'total'
    ),

    years as (select capped.*, cast(unnest(range(0, min_years)) as integer) as year_offset from capped)

select
    years.pledge_id,
    {{ known_on }} as known_on,
    years.partner_iso3,
    years.pledge_name,
    years.pledge_type,
    years.assumed_start_year + years.year_offset as year,
    years.amount_usd,
    years.annual_cap_usd,
    years.annual_cap_year,
    years.assumed_start_year,
    years.min_years,
    cast(
        least(years.amount_usd, years.annual_cap_usd * (years.year_offset + 1))
        - least(years.amount_usd, years.annual_cap_usd * years.year_offset) as decimal(24, 0)
    ) as most_paid_in_year_usd,
    cast(
        least(years.amount_usd, years.annual_cap_usd * (years.year_offset + 1)) as decimal(24, 0)
    ) as most_paid_by_year_end_usd,
    years.deadline_date,
    years.deadline_kind
from years
