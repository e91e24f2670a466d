"""Makes logistic.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python logistic.golden.py

scikit-learn's log-odds on columns standardized by the normal rows and cut at 3 deviations, either side weighing one half,
C = 1 / lambda with lambda = ridge / sqrt(m).
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

random = np.random.default_rng(6)
cases = []
for name, n, m, d, ridge in [
    ("one known row", 50, 1, 3, 0.2),
    ("five", 80, 5, 4, 0.2),
    ("as many as normal ones", 60, 60, 2, 0.01),
    ("more columns than rows", 15, 4, 30, 1.0),
]:
    spread = np.arange(1, d + 1)
    normal = np.round(random.normal(size=(n, d)) * spread, 6)
    known = np.round((random.normal(size=(m, d)) + 2 * (np.arange(d) % 2)) * spread, 6)
    rows = np.round(random.normal(size=(20, d)) * 3 * spread, 6)
    center, scale = normal.mean(axis=0), normal.std(axis=0)
    z = lambda x: np.clip((x - center) / scale, -3, 3)
    labels = np.concatenate([np.zeros(n), np.ones(m)])
    weights = np.where(labels == 1, 0.5 / m, 0.5 / n)
    fit = LogisticRegression(C=np.sqrt(m) / ridge, tol=1e-12, max_iter=100_000, solver="newton-cholesky")
    fit.fit(z(np.concatenate([normal, known])), labels, sample_weight=weights)
    cases.append(
        {
            "name": name,
            "ridge": ridge,
            "normal": normal.tolist(),
            "known": known.tolist(),
            "rows": rows.tolist(),
            "scores": fit.decision_function(z(rows)).tolist(),
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
