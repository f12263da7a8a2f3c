{{ config(as_of="total_rates_known_on") }} {{ total_rates("(select " ~ as_of_date() ~ " as known_on) as today") }}
