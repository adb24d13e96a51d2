"""What is: OVSDB sessions and rows, chassis, bindings, liveness.

Imports `runtime` and `identity`; `northbound` and `compute` build on it.
"""
