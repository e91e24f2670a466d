"""Makes pca.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python pca.golden.py"""

import json
import pathlib

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(8)
correlated = random.normal(size=(40, 2)) @ random.normal(size=(2, 5)) * [1, 10, 0.01, 1e4, 1] + random.normal(
    size=(40, 5)
) * 0.1 * [1, 10, 0.01, 1e4, 1]
even = random.normal(size=(30, 3))
wide = random.normal(size=(6, 9))
cases = []
for name, train, explained in [
    ("five columns of two factors", correlated, 0.9),
    ("five columns of two factors", correlated, 0.5),
    ("five columns of two factors", correlated, 0.0),
    ("even variance", even, 0.5),
    ("more columns than rows", wide, 0.7),
]:
    train = np.round(train, 6)
    rows = np.round(train[:5] + random.normal(size=train[:5].shape) * train.std(axis=0), 6)
    scaler = StandardScaler().fit(train)
    full = PCA(svd_solver="full").fit(scaler.transform(train))
    ratios = full.explained_variance_ratio_
    q = int(np.searchsorted(np.cumsum(ratios), explained)) + 1 if explained > 0 else 0
    z = scaler.transform(rows)
    if q == 0:
        residual = np.linalg.norm(z - full.mean_, axis=1)
    else:
        main = PCA(n_components=q, svd_solver="full").fit(scaler.transform(train))
        residual = np.linalg.norm(z - main.inverse_transform(main.transform(z)), axis=1)
    scores = {"residual": residual}
    if name != "more columns than rows":  # there scikit-learn has no directions for what does not vary
        variances = full.explained_variance_ * (len(train) - 1) / len(train)
        scores["weighted"] = np.sqrt((full.transform(z)[:, q:] ** 2 / variances[q:]).sum(axis=1))
    for score, values in scores.items():
        cases.append(
            {
                "name": name,
                "score": score,
                "explained": explained,
                "main": q,
                "train": train.tolist(),
                "rows": rows.tolist(),
                "scores": values.tolist(),
            }
        )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
