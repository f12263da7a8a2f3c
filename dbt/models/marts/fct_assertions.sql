-- The whole log as it was typed: also what was corrected, retracted or not preferred.
select
    assertion_id,
    'tariff_rates' as seed,
    rate_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', cast(cast(rate_pct as double) as varchar), '%', rate_basis, rate_status, cast(valid_from as varchar), 'to', cast(valid_to as varchar)) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_tariff_rates') }}
union all
select
    assertion_id,
    'base_rates' as seed,
    base_rate_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', preference, coalesce(cast(cast(rate_pct as double) as varchar), 'by product'), '%') as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_base_rates') }}
union all
select
    assertion_id,
    'measure_endings' as seed,
    ending_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', 'ends', coalesce(authority, programme_id, instrument_id), cast(ends_on as varchar)) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_measure_endings') }}
union all
select
    assertion_id,
    'deal_events' as seed,
    event_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', event_type, cast(event_date as varchar), event_name) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_deal_events') }}
union all
select
    assertion_id,
    'deal_clauses' as seed,
    clause_id as thing_id,
    cast(null as varchar) as partner_iso3,
    concat_ws(' ', clause_type, clause_state, trigger_summary) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_deal_clauses') }}
union all
select
    assertion_id,
    'concessions' as seed,
    concession_id as thing_id,
    partner_iso3 as partner_iso3,
    concession_summary as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_concessions') }}
union all
select
    assertion_id,
    'sector_roles' as seed,
    sector_role_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', sector, sector_role, rival_iso3) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_sector_roles') }}
union all
select
    assertion_id,
    'pledges' as seed,
    pledge_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', pledge_id || ':', pledge_status, bound, cast(cast(amount_bn as double) as varchar), case when amount_bn is not null then 'bn' end, currency_code, amount_period, cast(cast(quantity as double) as varchar), quantity_unit) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_pledges') }}
union all
select
    assertion_id,
    'pledge_components' as seed,
    component_id as thing_id,
    cast(null as varchar) as partner_iso3,
    concat_ws(' ', pledge_id || ':', component, cast(cast(share_min as double) as varchar), 'to', cast(cast(share_max as double) as varchar)) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_pledge_components') }}
union all
select
    assertion_id,
    'pledge_progress' as seed,
    progress_id as thing_id,
    cast(null as varchar) as partner_iso3,
    concat_ws(' ', pledge_id || ':', progress_name || ',', progress_type, cast(progress_date as varchar), cast(cast(amount_bn as double) as varchar), case when amount_bn is not null then 'bn' end, currency_code) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_pledge_progress') }}
union all
select
    assertion_id,
    'macro_indicators' as seed,
    observation_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', provider, indicator, period, cast(cast(observed_value as double) as varchar), unit) as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_macro_indicators') }}
union all
select
    assertion_id,
    'trade_flows' as seed,
    flow_id as thing_id,
    partner_iso3 as partner_iso3,
    concat_ws(' ', period, cast(imports_usd as varchar), 'USD') as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_trade_flows') }}
union all
select
    assertion_id,
    'claims' as seed,
    claim_id as thing_id,
    partner_iso3 as partner_iso3,
    claim_summary as stated,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    source_id,
    source_locator,
    confidence,
    note
from {{ ref('stg_claims') }}
