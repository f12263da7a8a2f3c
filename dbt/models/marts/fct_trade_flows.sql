{{ known_facts("trade_flows") }}
