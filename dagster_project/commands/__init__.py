"""The subcommands of `warehouse`, one module each; `console.py` is what they share."""
