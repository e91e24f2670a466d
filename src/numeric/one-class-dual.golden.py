"""Makes one-class-dual.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python one-class-dual.golden.py

One-class SVMs on points given, linear kernel. scikit-learn's ν n times larger weights are scaled back.
"""

import json
import pathlib

import numpy as np
from sklearn.svm import OneClassSVM

random = np.random.default_rng(9)


def features(rows, gamma, count):
    w = random.normal(size=(rows.shape[1], count)) * np.sqrt(2 * gamma)
    return np.sqrt(2 / count) * np.cos(rows @ w + random.uniform(0, 2 * np.pi, size=count))


cases = []
for name, n, d, gamma, count, nu in [
    ("a wide kernel", 60, 3, 0.05, 24, 0.1),
    ("a narrow kernel", 50, 3, 0.7, 40, 0.2),
    ("half of the rows outside", 80, 2, 0.3, 20, 0.5),
    ("nu n below 1", 40, 2, 0.3, 20, 0.02),
    ("more points than features, every point twice", 60, 2, 0.1, 8, 0.1),
]:
    rows = random.normal(size=(n, d))
    rows = np.repeat(rows[: n // 2], 2, axis=0) if "twice" in name else rows
    points = np.round(features(rows, gamma, count), 8)
    machine = OneClassSVM(kernel="linear", nu=nu, tol=1e-12).fit(points)
    cases.append(
        {
            "name": name,
            "nu": nu,
            "points": points.tolist(),
            "decisions": (machine.decision_function(points) / (nu * n)).tolist(),
            "rho": float(machine.offset_[0] / (nu * n)),
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
