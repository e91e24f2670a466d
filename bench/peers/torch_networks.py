"""The networks of bench/train.ts in PyTorch: each function gives a module, the shape of a row, and a loss of a batch.

Where PyTorch has a default that its users run with (initialization, attention, oneDNN), the default is kept.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F


class MaskedLinear(nn.Linear):
    """A linear layer some of whose weights stay zero."""

    def __init__(self, mask):
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class Flow(nn.Module):
    """A masked autoregressive flow: tanh-bounded log-scales, the order of the columns reversed between blocks."""

    def __init__(self, columns, blocks, hidden):
        super().__init__()
        inputs = torch.arange(1, columns + 1)
        degrees = torch.arange(hidden) % (columns - 1) + 1
        first = (degrees[:, None] >= inputs[None, :]).float()
        second = (inputs[:, None] > degrees[None, :]).float().repeat(2, 1)
        self.blocks = nn.ModuleList(
            nn.Sequential(MaskedLinear(first), nn.ReLU(), MaskedLinear(second)) for _ in range(blocks)
        )

    def forward(self, x):
        """The negative log-density of each row."""
        logdet = 0
        for k, block in enumerate(self.blocks):
            if k > 0:
                x = x.flip(1)
            s, t = block(x).chunk(2, dim=1)
            s = torch.tanh(s)
            x = x * torch.exp(s) + t
            logdet = logdet + s.sum(1)
        return 0.5 * (x * x).sum(1) + 0.5 * x.shape[1] * math.log(2 * math.pi) - logdet


class ConvTransformer(nn.Module):
    """Five convolutions of kernel 2 along a row, then three post-norm transformer layers over its tokens."""

    def __init__(self, columns):
        super().__init__()
        channels = [1, 32, 16, 16, 16, 16]
        self.convolutions = nn.Sequential(
            *(layer for c, d in zip(channels, channels[1:]) for layer in (nn.Conv1d(c, d, 2), nn.ReLU())),
            nn.Dropout(0.1),
            nn.MaxPool1d(2, 2),
        )
        self.project = nn.Linear(16, 64)
        self.positions = nn.Parameter(torch.randn((columns - 5) // 2, 64))
        layer = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.1, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
        self.head = nn.Sequential(nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 32))

    def forward(self, x):
        tokens = self.convolutions(x[:, None, :]).transpose(1, 2)
        return self.head(self.layers(self.project(tokens) + self.positions).mean(1))


def autoencoder(widths):
    """Rows to themselves through ReLU layers; mean squared error."""
    layers = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.ReLU())]
    network = nn.Sequential(*layers[:-1])
    return network, (widths[0],), lambda x: F.mse_loss(network(x), x)


def narrow_autoencoder(columns, hidden, code):
    """The detector's: ReLU layers on either side of a code between -1 and 1; mean squared error."""
    network = nn.Sequential(
        nn.Linear(columns, hidden),
        nn.ReLU(),
        nn.Linear(hidden, code),
        nn.Tanh(),
        nn.Linear(code, hidden),
        nn.ReLU(),
        nn.Linear(hidden, columns),
    )
    return network, (columns,), lambda x: F.mse_loss(network(x), x)


def flow(columns, blocks, hidden):
    """Mean negative log-density."""
    network = Flow(columns, blocks, hidden)
    return network, (columns,), lambda x: network(x).mean()


def conv_small():
    """Three strided convolutions with batch norm over 28 × 28 images to 128 numbers, pulled to a fixed random point."""

    def convolution(a, b):
        return nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()

    network = nn.Sequential(
        *(convolution(1, 32) + convolution(32, 64) + convolution(64, 128)),
        nn.Flatten(),
        nn.Linear(2048, 128, bias=False),
        nn.BatchNorm1d(128),
        nn.ReLU(),
    )
    target = torch.randn(128)
    return network, (1, 28, 28), lambda x: ((network(x) - target) ** 2).mean()


def conv_transformer():
    """Rows of 71 columns to 32 numbers, pulled to a fixed random center: mean squared distance."""
    network = ConvTransformer(71)
    center = torch.randn(32)
    return network, (71,), lambda x: ((network(x) - center) ** 2).sum(1).mean()


CASES = {
    "autoencoder-64": (256, lambda: autoencoder([64, 256, 256, 64])),
    "autoencoder-32": (128, lambda: autoencoder([32, 64, 16, 64, 32])),
    "autoencoder-80": (1024, lambda: autoencoder([80, 512, 256, 32, 256, 512, 80])),
    "maf-wide": (512, lambda: flow(32, 16, 512)),
    "maf-small": (256, lambda: flow(32, 5, 128)),
    "conv-small": (256, conv_small),
    "conv-transformer": (512, conv_transformer),
}
