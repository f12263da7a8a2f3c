{# Written by `make columns`: each log of the seeds, the column of what an assertion is about, and its own cells. #}
{% macro logs() %}
    {{ return({
        "tariff_rates": {
            "thing": "rate_id",
            "cells": [
                "rate_id", "partner_iso3", "scope_id", "programme_id", "rate_basis", "rate_pct", "rate_status",
                "quota_tier", "quota_volume", "quota_unit", "instrument_id", "deal_id", "valid_from", "valid_to"
            ]
        },
        "base_rates": {
            "thing": "base_rate_id",
            "cells": [
                "valid_from", "valid_to", "base_rate_id", "partner_iso3", "scope_id", "preference", "rate_pct",
                "is_uniform"
            ]
        },
        "measure_endings": {
            "thing": "ending_id",
            "cells": [
                "ending_id", "authority", "programme_id", "instrument_id", "partner_iso3", "ends_on", "reason"
            ]
        },
        "deal_events": {
            "thing": "event_id",
            "cells": [
                "event_id", "deal_id", "partner_iso3", "event_date", "event_type", "event_name", "event_summary",
                "instrument_id", "official_id"
            ]
        },
        "deal_clauses": {
            "thing": "clause_id",
            "cells": [
                "clause_id", "deal_id", "clause_type", "scope_id", "trigger_summary", "reference_summary",
                "clause_state", "due_date"
            ]
        },
        "concessions": {
            "thing": "concession_id",
            "cells": [
                "concession_id", "deal_id", "partner_iso3", "concession_type", "scope_id", "concession_summary"
            ]
        },
        "sector_roles": {
            "thing": "sector_role_id",
            "cells": [
                "sector_role_id", "deal_id", "partner_iso3", "scope_id", "sector", "sector_role", "rival_iso3"
            ]
        },
        "pledges": {
            "thing": "pledge_id",
            "cells": [
                "pledge_id", "parent_pledge_id", "deal_id", "partner_iso3", "pledge_name", "row_role", "asserted_by",
                "pledge_type", "amount_bn", "currency_code", "amount_period", "bound", "quantity", "quantity_unit",
                "change_pct", "baseline", "annual_cap_bn", "annual_cap_year", "fx_per_usd", "fx_source_id",
                "horizon_from", "horizon_to", "horizon_kind", "is_upfront", "sectors", "bindingness", "pledge_status",
                "overlap_key"
            ]
        },
        "pledge_components": {
            "thing": "component_id",
            "cells": [
                "component_id", "pledge_id", "component", "share_min", "share_max"
            ]
        },
        "pledge_progress": {
            "thing": "progress_id",
            "cells": [
                "progress_id", "pledge_id", "parent_progress_id", "progress_date", "progress_type", "progress_name",
                "amount_bn", "currency_code", "fx_per_usd", "is_cumulative"
            ]
        },
        "macro_indicators": {
            "thing": "observation_id",
            "cells": [
                "observation_id", "partner_iso3", "indicator", "period", "value", "unit", "provider", "is_projection",
                "derived_from"
            ]
        },
        "trade_flows": {
            "thing": "flow_id",
            "cells": [
                "flow_id", "partner_iso3", "scope_id", "period", "imports_usd", "duties_usd", "provider"
            ]
        },
        "claims": {
            "thing": "claim_id",
            "cells": [
                "claim_id", "claimed_by", "claimed_date", "partner_iso3", "scope_id", "pledge_id", "claim_metric",
                "rival_iso3", "valid_on", "stated_value", "unit", "qualifier", "claim_summary"
            ]
        }
    }) }}
{% endmacro %}
