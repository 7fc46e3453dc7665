"""Pages of hours and points: the passbook, gifts, giving, honour, and the desk behind them."""
