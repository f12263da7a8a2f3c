"""The engine of the trade-deal warehouse: seeds in, a published release out."""
