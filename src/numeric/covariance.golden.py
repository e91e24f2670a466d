"""Makes covariance.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python covariance.golden.py"""

import json
import pathlib

import numpy as np
from sklearn.covariance import empirical_covariance, ledoit_wolf

random = np.random.default_rng(3)
correlated = random.normal(size=(12, 4)) @ random.normal(size=(4, 4)) + [0, 10, -5, 1e4]
wide = random.normal(size=(4, 9)) * np.arange(1, 10)
constant = np.column_stack([random.normal(size=10), np.full(10, 0.1), random.normal(size=10) * 100])
cases = []
for name, rows in [
    ("correlated", correlated),
    ("more columns than rows", wide),
    ("a constant column", constant),
    ("one column", random.normal(size=(7, 1))),
    ("all columns constant", np.full((5, 2), 0.1)),
]:
    rows = np.round(rows, 6)
    shrunk, shrinkage = ledoit_wolf(rows)
    covariance = empirical_covariance(rows)
    cases.append(
        {
            "name": name,
            "rows": rows.tolist(),
            "mean": rows.mean(axis=0).tolist(),
            "covariance": covariance.tolist(),
            "ledoitWolf": shrunk.tolist(),
            "shrinkage": float(shrinkage),
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
