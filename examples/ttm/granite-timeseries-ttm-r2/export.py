"""Makes 1/model.pt beside this file: TinyTimeMixer as TorchScript, for Triton's pytorch_libtorch.

    pip install granite-tsfm
    python export.py

It fetches the weights (3 MB) from Hugging Face.
"""

from pathlib import Path

import torch
from tsfm_public.toolkit.get_model import get_model

MODEL = "ibm-granite/granite-timeseries-ttm-r2"
# As in config.pbtxt.
CONTEXT = 512
HORIZON = 96


class Forecast(torch.nn.Module):
    """The model with one tensor as its answer: a trace can't carry the named outputs of the original."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, past_values):
        # The model scales each window by itself, and its forecast back: it wants the values as they are.
        return self.model(past_values=past_values, return_loss=False, return_dict=True).prediction_outputs


def main():
    model = get_model(MODEL, context_length=CONTEXT, prediction_length=HORIZON).eval()
    example = torch.rand(1, CONTEXT, 1)
    with torch.no_grad():
        traced = torch.jit.trace(Forecast(model), example, strict=False)
        shape = tuple(traced(torch.rand(2, CONTEXT, 1)).shape)
    if shape != (2, HORIZON, 1):
        raise SystemExit(f"the traced model answers {shape} for two windows, expected (2, {HORIZON}, 1)")
    target = Path(__file__).parent / "1" / "model.pt"
    target.parent.mkdir(exist_ok=True)
    traced.save(str(target))
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
