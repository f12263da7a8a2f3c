-- Whose rates apply to a partner, and when: its own first, then its bloc's while it is a member, then those for every
-- partner.
-- Left out: countries without a code in the import statistics and without a rate of their own.
with
    partners as (
        select partner_iso3
        from {{ ref("dim_partners") }}
        where
            partner_iso3 not in ('ALL', 'USA')
            and (census_code is not null or partner_iso3 in (select partner_iso3 from {{ ref("stg_tariff_rates") }}))
    )

select
    partner_iso3,
    partner_iso3 as party_iso3,
    3 as closeness,
    {{ open_start() }} as valid_from,
    {{ open_end() }} as valid_to
from partners
union all
select
    members.partner_iso3,
    members.bloc_iso3 as party_iso3,
    2 as closeness,
    coalesce(members.valid_from, {{ open_start() }}) as valid_from,
    members.valid_to
from {{ ref("stg_partner_members") }} as members
inner join partners on members.partner_iso3 = partners.partner_iso3
union all
select partner_iso3, 'ALL' as party_iso3, 1 as closeness, {{ open_start() }} as valid_from, {{ open_end() }} as valid_to
from partners
