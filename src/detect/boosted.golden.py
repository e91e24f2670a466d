"""Log-odds of scikit-learn's histogram gradient boosting with both sides weighing the same.

Run as: python boosted.golden.py > boosted.golden.json (scikit-learn 1.9.1). Values are rounded so that each has few
decimals; fewer than 255 distinct ones a column, so that both cut at the same midpoints. scikit-learn keeps gradients in
single precision, which bounds the agreement. Rows of few distinct gradients have splits of equal gain, of which either
side takes the one that rounding prefers: the seeds are such that no tie decides.
"""
import json

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier


def case(name, seed, n, m, d, options, balance):
    r = np.random.default_rng(seed)
    normal = r.normal(size=(n, d)).round(2)
    known = (r.normal(size=(m, d)) * 0.7 + np.where(np.arange(d) % 2, 1.5, -0.5)).round(2)
    rows = np.vstack([normal[:10], known[:10], r.normal(size=(20, d)).round(2) * 2])
    X, y = np.vstack([normal, known]), np.repeat([0, 1], [n, m])
    weights = np.where(y == 1, 0.5 / m, 0.5 / n) * (n + m) if balance == "equal" else np.ones(n + m)
    model = HistGradientBoostingClassifier(
        max_iter=options["rounds"],
        learning_rate=options["rate"],
        max_leaf_nodes=options["leaves"],
        min_samples_leaf=options["minRows"],
        l2_regularization=options["l2"],
        early_stopping=False,
    ).fit(X, y, sample_weight=weights)
    return {
        "name": name,
        "options": {**options, "balance": balance, "columns": 1},
        "normal": normal.tolist(),
        "known": known.tolist(),
        "rows": rows.tolist(),
        "scores": model.decision_function(rows).tolist(),
    }


small = {"rounds": 20, "rate": 0.1, "leaves": 31, "minRows": 5, "l2": 1}
print(
    json.dumps(
        [
            case("few known rows", 1, 100, 30, 3, small, "equal"),
            case("as many as there are", 2, 120, 60, 4, {**small, "rate": 0.3, "leaves": 6}, "counts"),
        ]
    )
)
