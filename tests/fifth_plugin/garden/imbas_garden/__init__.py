"""School gardens: what grows where. A plugin that the core has never heard of."""
