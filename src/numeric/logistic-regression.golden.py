"""Makes logistic-regression.golden.json with scikit-learn 1.9.1, scipy 1.17.1 and numpy 2.4.6: python logistic-regression.golden.py

Ridge logistic regression: drawn toward 0 by scikit-learn (C = 1 / ridge), drawn toward other coefficients by scipy's minimizer
on the objective as it is written.
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

random = np.random.default_rng(5)
cases = []
for name, n, p, ridge, share, toward in [
    ("balanced", 60, 3, 0.1, 0.5, 0),
    ("two of one class, every row of a side weighs the same", 50, 4, 0.05, 0.04, 0),
    ("separable", 40, 2, 0.01, 0.3, 0),
    ("more columns than rows", 12, 20, 0.2, 0.4, 0),
    ("toward ones", 50, 3, 0.1, 0.2, 1),
    ("toward ones, strongly", 50, 3, 30.0, 0.2, 1),
]:
    labels = (np.arange(n) < max(2, round(share * n))).astype(int)
    features = random.normal(size=(n, p)) + (3.0 if name == "separable" else 0.8) * labels[:, None]
    features = np.round(features, 8)
    weights = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (n - labels.sum()))
    if toward == 0:
        fit = LogisticRegression(C=1 / ridge, tol=1e-12, max_iter=100_000, solver="newton-cholesky")
        fit.fit(features, labels, sample_weight=weights)
        coefficients, intercept = fit.coef_[0], fit.intercept_[0]
    else:
        signs = 2 * labels - 1

        def objective(x):
            margins = signs * (features @ x[:-1] + x[-1])
            pull = -signs * weights / (1 + np.exp(margins))
            value = (weights * np.logaddexp(0, -margins)).sum() + ridge / 2 * ((x[:-1] - toward) ** 2).sum()
            return value, np.append(features.T @ pull + ridge * (x[:-1] - toward), pull.sum())

        found = minimize(objective, np.zeros(p + 1), jac=True, method="BFGS", options={"gtol": 1e-11, "maxiter": 10_000})
        assert np.abs(objective(found.x)[1]).max() < 1e-9
        coefficients, intercept = found.x[:-1], found.x[-1]
    cases.append(
        {
            "name": name,
            "ridge": ridge,
            "toward": toward,
            "features": features.tolist(),
            "labels": labels.tolist(),
            "coefficients": coefficients.tolist(),
            "intercept": float(intercept),
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
