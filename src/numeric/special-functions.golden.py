"""Makes special-functions.golden.json with mpmath 1.4.1 at 60 digits: python special-functions.golden.py

Arguments are doubles, taken exactly, so that every digit of the result counts.
"""

import json
import pathlib

from mpmath import betainc, gammainc, loggamma, mp, mpf, ncdf

mp.dps = 60


def beta_cdf(a, b, x):
    return betainc(mpf(a), mpf(b), 0, mpf(x), regularized=True)


def beta_quantile(p, a, b):
    low, high = mpf(0), mpf(1)
    for _ in range(180):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_cdf(a, b, middle) < mpf(p) else (low, middle)
    return low


log_gamma = [[x, float(loggamma(mpf(x)))] for x in [1e-300, 1e-9, 0.3, 0.75, 0.999999, 1.000001, 1.4, 1.75, 1.999999, 2.000001, 2.3, 7.5, 14.9, 15.0, 171.5, 1e6, 1e300]]
gamma_tail = [
    [a, x, float(gammainc(mpf(a), mpf(x), mp.inf, regularized=True))]
    for a, x in [(0.5, 1e-10), (0.5, 0.5), (0.5, 400.0), (0.01, 0.7), (0.01, 3.0), (1.0, 700.0), (3.5, 2.0), (20.0, 30.0), (200.0, 500.0), (1000.0, 900.0), (1000.0, 1100.0), (1000.0, 2000.0), (10000.0, 13000.0)]
]
gamma_lower = [
    [a, x, float(gammainc(mpf(a), 0, mpf(x), regularized=True))]
    for a, x in [(0.5, 1e-10), (3.5, 0.001), (50.0, 0.01), (200.0, 60.0), (1000.0, 600.0), (10000.0, 8000.0)]
]
beta = [
    [a, b, x, float(beta_cdf(a, b, x))]
    for a, b, x in [(0.5, 0.5, 1e-12), (0.5, 0.5, 0.5), (1.0, 3.0, 1e-200), (2.0, 30.0, 0.001), (30.0, 2.0, 0.5), (30.0, 2.0, 0.01), (0.1, 40.0, 0.2), (100.0, 100.0, 0.3), (100.0, 900.0, 0.02), (1000.0, 9001.0, 0.09), (5000.0, 5000.0, 0.4), (3.0, 100000.0, 1e-7)]
]
quantile = [
    [p, a, b, float(beta_quantile(p, a, b))]
    for p, a, b in [(0.025, 1.0, 50.0), (0.975, 1.0, 50.0), (0.025, 50.0, 951.0), (0.975, 50.0, 951.0), (1e-12, 3.0, 4.0), (0.5, 0.5, 0.5), (0.9999, 20.0, 3.0), (0.3, 0.2, 7.0), (0.975, 100.0, 9901.0), (0.025, 99999.0, 2.0)]
]
normal = [[z, float(ncdf(mpf(z)))] for z in [-37.5, -36.2, -34.1, -31.7, -28.9, -27.3, -25.3, -10.1, -5.3, -2.0, -1.9999, -0.7, 0.0, 0.3, 1.7, 2.5, 6.0]]

out = {"logGamma": log_gamma, "gammaTail": gamma_tail, "gammaLower": gamma_lower, "beta": beta, "betaQuantile": quantile, "normalCdf": normal}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=2) + "\n")
