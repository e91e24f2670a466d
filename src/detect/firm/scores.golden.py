"""The golden numbers of scores.test.ts, from the formulas alone: python scores.golden.py (NumPy)."""

import numpy as np

F = np.array([[3, 4], [1, 0], [0, 2], [2, 2], [6, 8], [0.5, 1]], float)
H = np.array([[2, 1], [-1, 1], [0, 0]], float)
unit = lambda x: x / np.sqrt((x**2).sum(-1, keepdims=True) + 1e-300)
U, V = unit(F), unit(H)
cosines = np.sort(V @ U.T, 1)[:, ::-1]
center = unit(U.mean(0))
gamma = 20 / (2 * U.var())
mu, sigma = F.mean(0), np.cov(F.T, bias=True)
shrunk = 0.9 * sigma + 0.1 * np.trace(sigma) / 2 * np.eye(2)
distances = np.sort(np.sqrt(((H[:, None] - F) ** 2).sum(2)), 1)
out = {
    "cos-1": 1 - cosines[:, 0],
    "cos-5": 1 - cosines[:, :5].mean(1),
    "cos-5-norm": -np.sqrt((H**2).sum(1)) * cosines[:, :5].mean(1),
    "center": 1 - V @ center,
    "kde": -np.log(np.exp(gamma * (V @ U.T)).sum(1)) / gamma,
    "mahalanobis^2": ((H - mu) @ np.linalg.inv(shrunk) * (H - mu)).sum(1),
    "l2-1": distances[:, 0],
    "l2-5": distances[:, :5].mean(1),
}
print("center", center.round(6), "variance", U.var().round(6), "gamma", gamma.round(6), "shrunk", shrunk.round(6))
for name, values in out.items():
    print(name, values.round(6))

# The effective rank of the features at unit length.
values = np.linalg.eigvalsh(np.cov(U.T, bias=True))
share = values / values.sum()
print("rank", np.exp(-(share * np.log(share)).sum()).round(6))
