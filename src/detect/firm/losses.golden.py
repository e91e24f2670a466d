"""The golden numbers of losses.test.ts, from the formulas alone: python losses.golden.py (NumPy)."""

import numpy as np

y = np.array([0, 0, -1, -1])
z1 = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]])
z2 = np.array([[0.96, 0.28], [0.6, 0.8], [-0.6, 0.8], [-0.8, -0.6]])


def mean_loss(s, positives):
    log_softmax = s - np.log(np.exp(s - s.max(1, keepdims=True)).sum(1, keepdims=True)) - s.max(1, keepdims=True)
    return np.array([-log_softmax[i, chosen].mean() for i, chosen in enumerate(positives)])


def pairwise(a, b, tau, kinds=y):
    chosen = [np.flatnonzero(kinds == k) if k >= 0 else [i] for i, k in enumerate(kinds)]
    return mean_loss(a @ b.T / tau, chosen)


def concat(a, b, tau, kinds=y):
    z, n = np.vstack([a, b]), len(a)
    s = z @ z.T / tau
    np.fill_diagonal(s, -1e9)
    both = np.concatenate([kinds, kinds])
    chosen = [
        [j for j in np.flatnonzero(both == k) if j != i] if k >= 0 else [(i + n) % (2 * n)] for i, k in enumerate(both)
    ]
    return mean_loss(s, chosen)


for tau in (0.5, 0.2):
    alone = np.full(4, -1)
    print("tau", tau, "pairwise", pairwise(z1, z2, tau).round(6), pairwise(z1, z2, tau).mean().round(6))
    print("  exchanged", pairwise(z2, z1, tau).mean().round(6), "concat", concat(z1, z2, tau).mean().round(6))
    print("  nt-xent", pairwise(z1, z2, tau, alone).mean().round(6), concat(z1, z2, tau, alone).mean().round(6))
    for kinds in ([0, 0, 1, 1], [0, 0, 1, 2]):
        print("  supcon", kinds, concat(z1, z2, tau, np.array(kinds)).mean().round(6))


def gradient(f, at, h=1e-6):
    out = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += h
        down[place] -= h
        out[place] = (f(up) - f(down)) / (2 * h)
    return out.round(6)


print("dz1", gradient(lambda z: pairwise(z, z2, 0.5).mean(), z1))
print("dz2", gradient(lambda z: pairwise(z1, z, 0.5).mean(), z2))
unit = lambda u: u / np.sqrt((u**2).sum(1, keepdims=True) + 1e-12)
print("du1", gradient(lambda u: pairwise(unit(u), unit(z2), 0.5).mean(), 2 * z1))
