-- The whole log as it was typed: also what was corrected, retracted or not preferred.
-- What a row says in short.
{% set stated = {
    "tariff_rates": "concat_ws(' ', cast(cast(rate_pct as double) as varchar), '%', rate_basis, rate_status, cast(valid_from as varchar), 'to', cast(coalesce(valid_to, "
    ~ open_end()
    ~ ") as varchar))",
    "base_rates": "concat_ws(' ', preference, coalesce(cast(cast(rate_pct as double) as varchar), 'by product'), '%')",
    "measure_endings": "concat_ws(' ', 'ends', coalesce(authority, programme_id, instrument_id), cast(ends_on as varchar))",
    "deal_events": "concat_ws(' ', event_type, cast(event_date as varchar), event_name)",
    "deal_clauses": "concat_ws(' ', clause_type, clause_state, trigger_summary)",
    "concessions": "concession_summary",
    "sector_roles": "concat_ws(' ', sector, sector_role, rival_iso3)",
    "pledges": "concat_ws(' ', pledge_id || ':', pledge_status, bound, cast(cast(amount_bn as double) as varchar), case when amount_bn is not null then 'bn' end, currency_code, amount_period, cast(cast(quantity as double) as varchar), quantity_unit)",
    "pledge_components": "concat_ws(' ', pledge_id || ':', component, cast(cast(share_min as double) as varchar), 'to', cast(cast(share_max as double) as varchar))",
    "pledge_progress": "concat_ws(' ', pledge_id || ':', progress_name || ',', progress_type, cast(progress_date as varchar), cast(cast(amount_bn as double) as varchar), case when amount_bn is not null then 'bn' end, currency_code)",
    "macro_indicators": "concat_ws(' ', provider, indicator, period, cast(cast(value as double) as varchar), unit)",
    "trade_flows": "concat_ws(' ', period, cast(imports_usd as varchar), 'USD')",
    "claims": "claim_summary",
} %}
-- and of a log without words of its own: its cells, without what every row of a log has
{% set cells %}
    concat_ws(' ', *columns(* exclude (
        assertion_id, known_from, recorded_on, action, corrects, is_preferred, source_id, source_locator, confidence, note, line
    )))
{%- endset %}

{% for log, declared in logs().items() %}
    {%- if not loop.first %}
        union all
    {%- endif %}
    select
        assertion_id,
        '{{ log }}' as seed,
        {{ declared.thing }} as thing_id,
        {{ declared.partner or "cast(null as varchar)" }} as partner_iso3,
        {{ stated.get(log, cells) }} as stated,
        known_from,
        recorded_on,
        action,
        corrects,
        is_preferred,
        source_id,
        source_locator,
        confidence,
        note
    from {{ source("raw", log) }}
{%- endfor %}
