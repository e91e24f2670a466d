"""Makes gaussian-mixture.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python gaussian-mixture.golden.py"""

import json
import pathlib

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(9)
three = np.vstack(
    [
        random.normal(size=(120, 2)) @ [[1, 0.8], [0, 0.4]],
        random.normal(size=(80, 2)) * [0.5, 2] + [20, 10],
        random.normal(size=(100, 2)) + [0, 40],
    ]
)
one = random.normal(size=(150, 4)) @ random.normal(size=(4, 4)) * [1, 100, 0.01, 1]
cases = []
for name, train, shape in [
    ("three clusters far apart", three, "full"),
    ("three clusters far apart", three, "diagonal"),
    ("one cluster", one, "full"),
]:
    train = np.round(train, 6)
    rows = np.round(train[::30] + random.normal(size=train[::30].shape) * train.std(axis=0) / 10, 6)
    scaler = StandardScaler().fit(train)
    models = [
        GaussianMixture(
            k,
            covariance_type={"full": "full", "diagonal": "diag"}[shape],
            reg_covar=1e-3,
            tol=1e-3,
            n_init=10,
            random_state=0,
        ).fit(scaler.transform(train))
        for k in range(1, 6)
    ]
    bics = [model.bic(scaler.transform(train)) for model in models]
    best = models[int(np.argmin(bics))]
    cases.append(
        {
            "name": name,
            "shape": shape,
            "components": best.n_components,
            "train": train.tolist(),
            "rows": rows.tolist(),
            "scores": (-best.score_samples(scaler.transform(rows))).tolist(),
        }
    )
    print(name, shape, best.n_components, best.n_iter_, np.round(bics, 1))
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
