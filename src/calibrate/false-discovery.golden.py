"""Makes false-discovery.golden.json with scipy 1.17.1: python false-discovery.golden.py

Flags are scipy.stats.false_discovery_control(p) <= level; for Storey at level / share, share as in its definition.
"""

import json
import pathlib

import numpy as np
from scipy.stats import false_discovery_control

random = np.random.default_rng(8)
cases = []
for anomalous, normal, decimals in [(6, 14, 3), (0, 12, 2), (30, 10, 3), (10, 10, 2)]:
    p = np.round(np.concatenate([random.uniform(0, 0.02, anomalous), random.uniform(0, 1, normal)]), decimals)
    random.shuffle(p)
    share = (1 + (p > 0.5).sum()) / (len(p) * 0.5)
    adjusted = false_discovery_control(p)
    for level in [0.01, 0.05, 0.1, 0.2, 0.5]:
        cases.append(
            {
                "pValues": p.tolist(),
                "level": level,
                "benjaminiHochberg": (adjusted <= level * (1 + 1e-12)).astype(int).tolist(),
                "storey": (adjusted <= level / share * (1 + 1e-12)).astype(int).tolist(),
            }
        )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
