"""The products of 0.1 that the xor-post prints, and the network-post's e, are checked exactly.

Document: xor-post, part 2-2, and network-post, part 1.2.3. The first explains why gradients vanish:
0.1 stands for the derivative that one sigmoid layer passes back, and a network of many layers
multiplies as many of them. The second gives the first digits of e.
Setup: the products of 0.1 with one to eleven factors, computed exactly as decimal numbers, beside
the two that the post prints; and, for comparison, the largest products that sigmoid layers can
give. The derivative of the sigmoid is nowhere above 0.25, so these are the powers of 0.25. The
digits of e come from the exact sum of 1/n!.
Assumptions: the post's "10 layers" means ten factors, six of which the dots in its formula leave
out; the dots after the digits of e mean that more digits follow.
Known differences: none, products and sums are exact.
"""

import itertools
import math
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judge, Judgement, Tables, graded
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The factor, the products with their numbers of layers, and e, as they are printed."""

    factor: str = "0.1"
    largest_slope: str = "0.25"
    layers: int = 11
    printed: tuple[tuple[int, str], ...] = ((3, "0.001"), (10, "0.00000000001"))
    printed_e: str = "2.718281828459"
    terms_of_e: int = 25

    def __post_init__(self):
        products = (text for _, text in self.printed)
        for number in (self.factor, self.largest_slope, self.printed_e, *products):
            try:
                positive = Decimal(number) > 0
            except InvalidOperation:  # the text is not a number, or it is NaN
                positive = False
            if not positive:
                raise ValueError(f"a factor, a product or e must be above 0. Received: {number!r}")


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
        ),
        "e": _sums_for_e(spec),
    }


DECIMALS = 20
"""So many decimals of e are written; a sum of 25 terms has them right."""

MORE_TERMS = 20
"""What these still add stands for what all further terms add."""


def _sums_for_e(spec: Spec) -> pd.DataFrame:
    """The sums of the first terms 1/n! for n from 0, cut off after the last decimal.

    They are written in groups of five decimals, which no reader of the table takes for a float.
    """
    sums = list(
        itertools.accumulate(
            Fraction(1, math.factorial(n)) for n in range(spec.terms_of_e + MORE_TERMS)
        )
    )
    texts = []
    for total in sums[: spec.terms_of_e]:
        whole, decimals = divmod(int(total * 10**DECIMALS), 10**DECIMALS)
        texts.append(f"{whole}.{decimals:0{DECIMALS}}")
    return pd.DataFrame(
        {
            "terms": range(1, spec.terms_of_e + 1),
            "sum": [" ".join(re.findall(r"\d+\.\d{5}|\d{5}", text)) for text in texts],
            "right_decimals": [_decimals_in_common(text, texts[-1]) for text in texts],
            "missing": [float(sums[-1] - total) for total in sums[: spec.terms_of_e]],
            "printed": spec.printed_e,
        }
    )


def _decimals_in_common(first: str, second: str) -> int:
    """How many decimals two numbers have in common before the first that differs."""
    (whole, decimals), (other_whole, other_decimals) = (
        number.partition(".")[::2] for number in (first, second)
    )
    if whole != other_whole:
        return 0
    pairs = enumerate(zip(decimals, other_decimals, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(decimals), len(other_decimals)))


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The products on a logarithmic scale with the printed ones among them, and the digits of e."""
    return {
        "products": lambda: _draw_products(spec, tables["products"]),
        "digits_of_e": lambda: _draw_digits(tables["e"]),
    }


def _draw_digits(sums: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.2, height=3.6)
    printed = str(sums["printed"].iloc[0])
    label = "what the sum lacks of e"
    axes.semilogy(sums["terms"], sums["missing"], "o-", color=drawing.BLUE, label=label)
    axes.axhline(
        10.0 ** -len(printed.partition(".")[2]),
        color=drawing.VERMILION,
        linestyle="--",
        label=f"the last decimal that the post prints: {printed}…",
    )
    axes.set_title(f"e = {sums['sum'].iloc[-1]}…")
    axes.set(
        xlabel="terms of the sum 1 + 1 + 1/2 + 1/6 + 1/24 + …",
        ylabel="difference",
    )
    axes.legend(loc="lower left")
    return figure


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
    return ", ".join(products.loc[right, "layers"]) or "none"


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
        return Judgement(
            graded(right, otherwise=DOCUMENT_ERROR),
            product,
            notes=() if right else ("wrong",),
            values={"factors": factors},
        )

    return judge


def _digits_of_e(tables: Tables) -> Judgement:
    sums = tables["e"].astype(str).sort_values("terms", key=lambda column: column.astype(int))
    in_groups, printed = sums[["sum", "printed"]].iloc[-1]
    e = in_groups.replace(" ", "")
    decimals = len(printed.partition(".")[2])
    agreeing = _decimals_in_common(printed, e)
    enough = sums.loc[sums["right_decimals"].astype(int) >= decimals, "terms"]
    whole = agreeing == decimals and printed.partition(".")[0] == e.partition(".")[0]
    rounded = Decimal(printed) == round(Decimal(e), decimals)
    return Judgement(
        graded(whole, in_part=rounded, otherwise=DOCUMENT_ERROR),
        in_groups,
        notes=("main" if whole and len(enough) else "wrong",),
        values={
            "decimals": decimals,
            "agreeing": agreeing,
            "terms": next(iter(enough), ""),
        },
    )


CLAIMS = {
    "XP-06": _printed_product(3),
    "XP-07": _printed_product(10),
    "NP-19": _digits_of_e,
}

TABLES = {
    "products": Table(
        key=("layers",),
        columns={"product": Exact(), "printed": Exact(), "largest_sigmoid_product": Exact()},
    ),
    "e": Table(
        key=("terms",),
        columns={
            "sum": Exact(),
            "right_decimals": Exact(),
            "missing": Close(rtol=1e-14, atol=0, reason="a fraction, rounded once to float64"),
            "printed": Exact(),
        },
    ),
}
