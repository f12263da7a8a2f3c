-- Dollars of a bloc hold those of its members, so a column that readers add up has one or the other for a scope and
-- period.
with
    dollars as (
        select 'fct_trade_flows' as table_name, partner_iso3, scope_id, period
        from {{ ref("fct_trade_flows") }}
        union
        select 'metric_duty_savings' as table_name, partner_iso3, scope_id, base_period as period
        from {{ ref("metric_duty_savings") }}
    )

select blocs.table_name, blocs.partner_iso3 as bloc_iso3, members.partner_iso3, blocs.scope_id, blocs.period
from dollars as blocs
inner join {{ ref("stg_partner_members") }} as memberships on blocs.partner_iso3 = memberships.bloc_iso3
inner join
    dollars as members
    on memberships.partner_iso3 = members.partner_iso3
    and blocs.table_name = members.table_name
    and blocs.scope_id = members.scope_id
    and blocs.period = members.period
where
    coalesce(memberships.valid_from, {{ open_start() }}) <= {{ as_of_date() }}
    and memberships.valid_to > {{ as_of_date() }}
