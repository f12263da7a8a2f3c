"""The assets of the flow, a module for each word: raw, dbt's staging to metrics, published."""
