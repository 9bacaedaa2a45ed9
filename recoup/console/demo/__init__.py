"""The demo agency: invented companies whose debts live through the product's own operations."""
