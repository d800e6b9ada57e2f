"""What things cost, as ratios within one run: `make bench`.

Machines differ and are shared, so no second is ever compared with a number from
elsewhere, and nothing here is a test. Each figure is the quickest of several rounds,
which the noise of other programs disturbs least.
"""
