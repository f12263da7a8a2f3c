{# Written by `make columns`: each log of the seeds, what column an assertion is about, and its partner's. #}
{% macro logs() %}
    {{ return({
        "list_versions": {"thing": "list_id", "partner": none},
        "partner_groups": {"thing": "membership_id", "partner": "partner_iso3"},
        "stacking_rules": {"thing": "stacking_id", "partner": "partner_iso3"},
        "tariff_rates": {"thing": "rate_id", "partner": "partner_iso3"},
        "base_rates": {"thing": "base_rate_id", "partner": "partner_iso3"},
        "measure_endings": {"thing": "ending_id", "partner": "partner_iso3"},
        "deal_events": {"thing": "event_id", "partner": "partner_iso3"},
        "deal_clauses": {"thing": "clause_id", "partner": none},
        "concessions": {"thing": "concession_id", "partner": "partner_iso3"},
        "sector_roles": {"thing": "sector_role_id", "partner": "partner_iso3"},
        "pledges": {"thing": "pledge_id", "partner": "partner_iso3"},
        "pledge_components": {"thing": "component_id", "partner": none},
        "pledge_progress": {"thing": "progress_id", "partner": none},
        "macro_indicators": {"thing": "observation_id", "partner": "partner_iso3"},
        "trade_flows": {"thing": "flow_id", "partner": "partner_iso3"},
        "claims": {"thing": "claim_id", "partner": "partner_iso3"},
    }) }}
{% endmacro %}
