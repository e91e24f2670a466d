"""Makes gaussian-mixture.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python gaussian-mixture.golden.py"""

import json
import pathlib
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

warnings.simplefilter("ignore", ConvergenceWarning)
random = np.random.default_rng(7)
apart = np.vstack([random.normal(size=(40, 2)), random.normal(size=(30, 2)) @ [[1, 0.9], [0, 0.3]] + [6, 4]])
mixed = np.vstack([random.normal(size=(50, 3)), random.normal(size=(40, 3)) * [1, 3, 0.2] + 1, random.normal(size=(10, 3)) + 2])
cases = []
for name, rows, k, shape, ridge in [
    ("two clusters", apart, 2, "full", 1e-6),
    ("two clusters", apart, 2, "diagonal", 1e-3),
    ("three that overlap", mixed, 3, "full", 1e-2),
    ("three that overlap", mixed, 3, "diagonal", 1e-6),
    ("one cluster", mixed, 1, "full", 1e-6),
]:
    rows = np.round(rows, 6)
    labels = np.argmin(((rows[:, None] - rows[:: len(rows) // k][:k]) ** 2).sum(2), axis=1)
    kind = {"full": "full", "diagonal": "diag"}[shape]
    parts = [rows[labels == c] for c in range(k)]
    if shape == "full":
        precisions = [np.linalg.inv(np.cov(part.T, bias=True) + ridge * np.eye(rows.shape[1])) for part in parts]
    else:
        precisions = [1 / (part.var(axis=0) + ridge) for part in parts]
    steps = []
    # One M step from the labels; then 1, 5 and 30 steps of E and M.
    for iterations in [1, 5, 30]:
        model = GaussianMixture(
            k,
            covariance_type=kind,
            reg_covar=ridge,
            tol=0,
            max_iter=iterations,
            weights_init=np.array([len(part) for part in parts]) / len(rows),
            means_init=[part.mean(axis=0) for part in parts],
            precisions_init=precisions,
        ).fit(rows)
        steps.append(
            {
                "iterations": iterations,
                "shares": model.weights_.tolist(),
                "means": model.means_.tolist(),
                "logDensities": model.score_samples(rows[:6]).tolist(),
                "logLikelihood": model.score(rows),
                "bic": model.bic(rows),
            }
        )
    cases.append(
        {
            "name": name,
            "components": k,
            "shape": shape,
            "ridge": ridge,
            "rows": rows.tolist(),
            "labels": labels.tolist(),
            "steps": steps,
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
