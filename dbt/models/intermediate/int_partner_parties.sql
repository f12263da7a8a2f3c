-- Whose rates apply to a partner: its own first, then its bloc's, then those for every partner.
-- A bloc stands for its members, so members are not partners of their own here.
with partners as (
    select partner_iso3, is_bloc
    from {{ ref('stg_partners') }}
    where partner_iso3 not in ('ALL', 'USA')
        and partner_iso3 not in (select partner_iso3 from {{ ref('stg_partner_members') }})
)

select partner_iso3, partner_iso3 as party_iso3, 2 as closeness
from partners
union all
select partner_iso3, 'ALL' as party_iso3, 1 as closeness
from partners
