"""Formulas that several countries share; what differs is a parameter in the country's pack. Pure."""
