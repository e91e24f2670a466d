"""scikit-learn's side of bench/speed.ts: reads a task a line from standard input, prints its seconds.

Run as: python speed-scikit.py FILE ROWS COLUMNS FILE ROWS COLUMNS FILE ROWS COLUMNS (little-endian doubles, row by row):
the isolation forest's rows, the stored rows of the nearest-neighbor search, its queries.
"""
import sys
import time

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import NearestNeighbors

arguments = sys.argv[1:]
forest_rows, stored, queries = (
    np.fromfile(path, dtype="<f8").reshape(int(rows), int(columns))
    for path, rows, columns in zip(arguments[0::3], arguments[1::3], arguments[2::3])
)


def isolation_forest_fit():
    return IsolationForest(n_estimators=100, max_samples=256, random_state=0).fit(forest_rows)


forest = isolation_forest_fit()
neighbors = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(stored)
tasks = {
    "isolation forest, fit": isolation_forest_fit,
    "isolation forest, score": lambda: forest.score_samples(forest_rows),
    "nearest neighbor, score": lambda: neighbors.kneighbors(queries),
}

print(f"scikit-learn {sklearn.__version__}", flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    tasks[line.strip()]()
    print(time.perf_counter() - started, flush=True)
