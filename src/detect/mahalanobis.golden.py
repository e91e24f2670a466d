"""Makes mahalanobis.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python mahalanobis.golden.py"""

import json
import pathlib

import numpy as np
from sklearn.covariance import EmpiricalCovariance, LedoitWolf
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(5)
correlated = random.normal(size=(40, 4)) @ random.normal(size=(4, 4)) * [1, 10, 0.01, 1e4] + [0, 10, -5, 1e4]
wide = random.normal(size=(6, 15)) * np.arange(1, 16)
constant = np.column_stack([random.normal(size=30), np.full(30, 0.1), random.normal(size=30) * 100])
cases = []
for name, train, methods in [
    ("correlated", correlated, {"ledoit-wolf": LedoitWolf(), "none": EmpiricalCovariance()}),
    ("more columns than rows", wide, {"ledoit-wolf": LedoitWolf()}),
    ("a constant column", constant, {"ledoit-wolf": LedoitWolf()}),
    ("one column", random.normal(size=(9, 1)), {"ledoit-wolf": LedoitWolf(), "none": EmpiricalCovariance()}),
]:
    train = np.round(train, 6)
    rows = np.round(train[:5] + random.normal(size=train[:5].shape), 6)
    scaler = StandardScaler().fit(train)
    for shrinkage, model in methods.items():
        model.fit(scaler.transform(train))
        scores = np.sqrt(model.mahalanobis(scaler.transform(rows)))
        cases.append(
            {
                "name": name,
                "shrinkage": shrinkage,
                "train": train.tolist(),
                "rows": rows.tolist(),
                "scores": scores.tolist(),
            }
        )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
