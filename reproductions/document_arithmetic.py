"""The xor-post's arithmetic: 0.1 multiplied by itself three and ten times.

Document: xor-post, part 2-2, where 0.1 stands for the slope that one sigmoid layer passes on.
Setup: exact decimal products of 0.1, up to eleven factors, beside the two that the post prints; and
the largest product that sigmoids can give, 0.25 a layer, as their slope is nowhere above 0.25.
Assumptions: the post's "10 layers" means ten factors; the dots in its formula hide six of them.
Known differences: none, the products are exact.
"""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from reproductions.suite import drawing
from reproductions.suite.claims import DOCUMENT_ERROR, Claim, Judgement, by
from reproductions.suite.kinds import Exact, Table


@dataclass(frozen=True)
class Spec:
    """The post's factor and the two products that it prints, by number of layers."""

    factor: str = "0.1"
    largest_slope: str = "0.25"
    layers: int = 11
    printed: tuple[tuple[int, str], ...] = ((3, "0.001"), (10, "0.00000000001"))


SPEC = Spec()


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Exact products, as decimal text."""
    printed = dict(spec.printed)
    layers = range(1, spec.layers + 1)

    def powers(factor):
        return [f"{Decimal(factor) ** n:f}" for n in layers]

    return {
        "products": pd.DataFrame(
            {
                "layers": layers,
                "product": powers(spec.factor),
                "printed": [printed.get(n, "") for n in layers],
                "largest_sigmoid_product": powers(spec.largest_slope),
            }
        )
    }


def figures(tables):
    """The products on a logarithmic scale, with the two printed ones."""
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.8)
    products = tables["products"].astype(str)
    layers = products["layers"].astype(int)
    axes.semilogy(
        layers,
        products["largest_sigmoid_product"].astype(float),
        "--",
        color=drawing.GREY,
        label="0.25 a layer: the sigmoid's largest slope",
    )
    axes.semilogy(
        layers, products["product"].astype(float), "o-", color=drawing.BLUE, label="0.1 a layer"
    )
    printed = products[products["printed"] != ""]
    axes.semilogy(
        printed["layers"].astype(int),
        printed["printed"].astype(float),
        "D",
        color=drawing.VERMILION,
        markersize=8,
        fillstyle="none",
        markeredgewidth=1.8,
        label="as printed",
    )
    axes.annotate(
        "printed for 10 layers,\nright for 11",
        (10, 1e-11),
        xytext=(-14, -4),
        textcoords="offset points",
        ha="right",
        fontsize=9,
    )
    axes.set(title="Ten factors of 0.1 make 10⁻¹⁰", xlabel="layers", ylabel="product of the slopes")
    axes.set_xticks(layers)
    axes.legend(loc="lower left")
    return {"products": figure}


TABLES = {
    "products": Table(
        key=("layers",),
        columns={"product": Exact(), "printed": Exact(), "largest_sigmoid_product": Exact()},
    )
}


def _printed_product(layers: int):
    def judge(tables) -> Judgement:
        products = tables["products"].astype(str).set_index("layers")
        row = products.loc[str(layers)]
        right = Decimal(row["product"]) == Decimal(row["printed"])
        fits = products[products["product"].map(Decimal) == Decimal(row["printed"])].index
        note = (
            ""
            if right
            else f"the printed number is the product of {', '.join(fits) or 'no'} factors"
        )
        return Judgement(by(right, DOCUMENT_ERROR), row["product"], note=note)

    return judge


CLAIMS = [
    Claim(
        "XP-06",
        "the exact decimal product of three factors equals the printed number",
        _printed_product(3),
    ),
    Claim(
        "XP-07",
        "the exact decimal product of ten factors equals the printed number",
        _printed_product(10),
    ),
]
