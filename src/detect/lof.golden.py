"""Makes lof.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python lof.golden.py"""

import json
import pathlib

import numpy as np
from sklearn.neighbors import LocalOutlierFactor
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(6)
one = random.normal(size=(60, 3)) * [1, 10, 0.01] + [0, 10, -5]
two = np.vstack([random.normal(size=(40, 2)) * 0.1, random.normal(size=(30, 2)) * 3 + [10, 10]])
few = random.normal(size=(8, 2))
cases = []
for name, train, k, metric in [
    ("one cluster", one, 5, "euclidean"),
    ("two clusters of unlike density", two, 10, "euclidean"),
    ("two clusters of unlike density", two, 10, "manhattan"),
    ("few rows", few, 1, "euclidean"),
    ("few rows", few, 7, "manhattan"),
]:
    train = np.round(train, 6)
    rows = np.round(np.vstack([train[:5], train[-5:] + random.normal(size=train[:5].shape)]), 6)
    scaler = StandardScaler().fit(train)
    model = LocalOutlierFactor(n_neighbors=k, metric=metric, algorithm="brute", novelty=True)
    scores = -model.fit(scaler.transform(train)).score_samples(scaler.transform(rows))
    cases.append(
        {
            "name": name,
            "k": k,
            "metric": metric,
            "train": train.tolist(),
            "rows": rows.tolist(),
            "scores": scores.tolist(),
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
