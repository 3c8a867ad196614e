"""The products of three and of ten factors 0.1 that the xor-post prints are checked exactly.

Document: xor-post, part 2-2. It explains why gradients vanish: 0.1 stands for the derivative that
one sigmoid layer passes back, and a network of many layers multiplies as many of them.
Setup: the products of 0.1 with one to eleven factors, computed exactly as decimal numbers, beside
the two that the post prints; and, for comparison, the largest products that sigmoid layers can
give. The derivative of the sigmoid is nowhere above 0.25, so these are the powers of 0.25.
Assumptions: the post's "10 layers" means ten factors, six of which the dots in its formula leave
out.
Known differences: none, the products are exact.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact, Table
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judge, Judgement, Tables, graded
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The post's factor, and the products that it prints with their numbers of layers."""

    factor: str = "0.1"
    largest_slope: str = "0.25"
    layers: int = 11
    printed: tuple[tuple[int, str], ...] = ((3, "0.001"), (10, "0.00000000001"))

    def __post_init__(self):
        for number in (self.factor, self.largest_slope, *(text for _, text in self.printed)):
            try:
                positive = Decimal(number) > 0
            except InvalidOperation:  # the text is not a number, or it is NaN
                positive = False
            if not positive:
                raise ValueError(f"a factor or product must be above 0. Received: {number!r}")


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The exact products, as decimal texts."""
    printed = dict(spec.printed)
    layers = range(1, spec.layers + 1)

    def powers(factor: str) -> list[str]:
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


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The products on a logarithmic scale, and the printed ones among them."""
    return {"products": lambda: _draw_products(spec, tables["products"])}


def _draw_products(spec: Spec, products: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.8)
    products = products.astype(str)
    layers = products["layers"].astype(int)
    axes.semilogy(
        layers,
        products["largest_sigmoid_product"].astype(float),
        "--",
        color=drawing.GREY,
        label=f"{spec.largest_slope} per layer: the sigmoid's largest derivative",
    )
    axes.semilogy(
        layers,
        products["product"].astype(float),
        "o-",
        color=drawing.BLUE,
        label=f"{spec.factor} per layer",
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
        label="printed in the post",
    )
    for row in printed.itertuples():
        if Decimal(row.printed) != Decimal(row.product):
            right = _right_number_of_layers(products, row.printed)
            axes.annotate(
                f"printed for {row.layers} layers,\nright for {right}",
                (int(row.layers), float(row.printed)),
                xytext=(-14, -4),
                textcoords="offset points",
                ha="right",
                fontsize=9,
            )
    last = (printed if len(printed) else products).iloc[-1]
    factors = drawing.in_words(int(last["layers"])).capitalize()
    axes.set_title(f"{factors} factors of {spec.factor} make {_power_of_ten(last['product'])}")
    axes.set(xlabel="number of layers", ylabel="product of the derivatives")
    axes.set_xticks(layers)
    axes.legend(loc="lower left")
    return figure


def _right_number_of_layers(products: pd.DataFrame, printed: str) -> str:
    """The number of factors whose product a printed number is."""
    right = products["product"].map(Decimal) == Decimal(printed)
    return ", ".join(products.loc[right, "layers"]) or "no"


def _power_of_ten(product: str) -> str:
    """A product as 10⁻¹⁰ where it is a power of ten, else in three digits."""
    digits = Decimal(product).normalize().as_tuple()
    if digits.digits != (1,):
        return f"{float(product):.3g}"
    return "10" + str(digits.exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _printed_product(layers: int) -> Judge:
    """Judges the product that the post prints for so many layers."""

    def judge(tables: Tables) -> Judgement:
        products = tables["products"].astype(str)
        product, printed = measured.row(products, layers=str(layers))[["product", "printed"]]
        if not printed:
            raise NotMeasured(f"no product of {layers} factors is given as printed")
        right = Decimal(product) == Decimal(printed)
        factors = _right_number_of_layers(products, printed)
        note = "" if right else f"the printed number is the product of {factors} factors"
        return Judgement(graded(right, otherwise=DOCUMENT_ERROR), product, note=note)

    return judge


CLAIMS = {
    "XP-06": _printed_product(3),
    "XP-07": _printed_product(10),
}

TABLES = {
    "products": Table(
        key=("layers",),
        columns={"product": Exact(), "printed": Exact(), "largest_sigmoid_product": Exact()},
    )
}
