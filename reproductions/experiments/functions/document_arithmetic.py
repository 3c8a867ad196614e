"""The xor-post's arithmetic: 0.1 multiplied by itself three and ten times.

Document: xor-post, part 2-2, where 0.1 stands for the slope that one sigmoid layer passes on.
Setup: exact decimal products of 0.1, up to eleven factors, beside the two that the post prints; and
the largest product that sigmoids can give, 0.25 a layer, as their slope is nowhere above 0.25.
Assumptions: the post's "10 layers" means ten factors; the dots in its formula hide six of them.
Known differences: none, the products are exact.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.claims import DOCUMENT_ERROR, Judgement, graded
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact, Table
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The post's factor and the two products that it prints, by number of layers."""

    factor: str = "0.1"
    largest_slope: str = "0.25"
    layers: int = 11
    printed: tuple[tuple[int, str], ...] = ((3, "0.001"), (10, "0.00000000001"))

    def __post_init__(self):
        for number in (self.factor, self.largest_slope, *(text for _, text in self.printed)):
            try:
                positive = Decimal(number) > 0
            except InvalidOperation:  # a text that is no number, or a NaN
                positive = False
            if not positive:
                raise ValueError(f"a factor or product must be above 0. Received: {number!r}")


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
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


def figures(spec: Spec, tables) -> drawing.Figures:
    """The products on a logarithmic scale, with the two printed ones."""
    return {"products": lambda: _product_figure(spec, tables["products"])}


def _product_figure(spec, products):
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.8)
    products = products.astype(str)
    layers = products["layers"].astype(int)
    axes.semilogy(
        layers,
        products["largest_sigmoid_product"].astype(float),
        "--",
        color=drawing.GREY,
        label=f"{spec.largest_slope} a layer: the sigmoid's largest slope",
    )
    axes.semilogy(
        layers,
        products["product"].astype(float),
        "o-",
        color=drawing.BLUE,
        label=f"{spec.factor} a layer",
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
    for row in printed.itertuples():
        if Decimal(row.printed) != Decimal(row.product):
            axes.annotate(
                f"printed for {row.layers} layers,\nright for {_right_for(products, row.printed)}",
                (int(row.layers), float(row.printed)),
                xytext=(-14, -4),
                textcoords="offset points",
                ha="right",
                fontsize=9,
            )
    last = (printed if len(printed) else products).iloc[-1]
    factors = drawing.in_words(int(last["layers"])).capitalize()
    axes.set_title(f"{factors} factors of {spec.factor} make {_power_of_ten(last['product'])}")
    axes.set(xlabel="layers", ylabel="product of the slopes")
    axes.set_xticks(layers)
    axes.legend(loc="lower left")
    return figure


def _right_for(products, printed: str) -> str:
    """Of how many factors a printed number is the product."""
    right = products["product"].map(Decimal) == Decimal(printed)
    return ", ".join(products.loc[right, "layers"]) or "no"


def _power_of_ten(product: str) -> str:
    """A product as 10⁻¹⁰ where it is a power of ten, else in three digits."""
    digits = Decimal(product).normalize().as_tuple()
    if digits.digits != (1,):
        return f"{float(product):.3g}"
    return "10" + str(digits.exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


TABLES = {
    "products": Table(
        key=("layers",),
        columns={"product": Exact(), "printed": Exact(), "largest_sigmoid_product": Exact()},
    )
}


def _printed_product(layers: int):
    def judge(tables) -> Judgement:
        products = tables["products"].astype(str)
        own = measured.row(products, layers=str(layers))
        if not own["printed"]:
            raise NotMeasured(f"no product of {layers} factors is given as printed")
        right = Decimal(own["product"]) == Decimal(own["printed"])
        factors = _right_for(products, own["printed"])
        note = "" if right else f"the printed number is the product of {factors} factors"
        return Judgement(graded(right, otherwise=DOCUMENT_ERROR), own["product"], note=note)

    return judge


CLAIMS = {
    "XP-06": _printed_product(3),
    "XP-07": _printed_product(10),
}
