-- Whose rates apply to a partner, and when: its own first, then its bloc's while it is a member, then those for every
-- partner.
-- Left out: countries of which nothing of their own is known, which pay what is for every partner.
with
    told_of as (
        select partner_iso3
        from {{ ref("stg_tariff_rates") }}
        union
        select partner_iso3
        from {{ ref("stg_base_rates") }}
        union
        select partner_iso3
        from {{ ref("fct_trade_flows") }}
        union
        select partner_iso3
        from {{ ref("stg_partner_members") }}
        union
        select partner_iso3
        from {{ ref("dim_deals") }}
    ),

    partners as (
        select partner_iso3
        from {{ ref("dim_partners") }}
        where partner_iso3 not in ('ALL', 'USA') and partner_iso3 in (select partner_iso3 from told_of)
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
