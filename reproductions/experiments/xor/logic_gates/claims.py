"""Judges whether linear layers can be trained, and whether steps can."""

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judgement, Tables, graded
from reproductions.experiments.xor.logic_gates.run import STEP_BELOW


def _linear_backpropagates(tables: Tables) -> Judgement:
    outcomes, gradients = tables["outcomes"], tables["gradients"]
    linear = outcomes[outcomes["network"].str.startswith("linear")]
    if linear.empty:
        raise NotMeasured("the tables have no linear network")
    easy, hard = (linear[linear["gate"].isin(gates)] for gates in (("AND", "OR"), ("XOR",)))
    exact = (gradients["agree"] == gradients["seeds"]).all()
    weakest = easy.loc[easy["share"].idxmin()]
    low, high = wilson(weakest["solved"], weakest["seeds"])
    at_floor = (linear["at_floor"] / linear["seeds"]).min()
    trains = exact and low > 0.8 and at_floor > 0.8
    verdict = graded(easy["high"].max() < 0.5, in_part=not trains, otherwise=DOCUMENT_ERROR)
    share = (hard["at_floor"] / hard["seeds"]).min()
    control = measured.row(outcomes, network="tanh 2", gate="XOR")
    floors = tables["floors"].drop_duplicates("gate").set_index("gate")["floor"]
    note = (
        "obtained: the least share of all depths on AND and OR; backpropagation equals central"
        f" differences in {gradients['agree'].sum()} of {gradients['seeds'].sum()} networks; XOR is"
        f" solved by {int(hard['solved'].max())} of {int(hard['seeds'].max())}, though {share:.1%}"
        f" or more of each depth are at the least-squares floor {floors['XOR']:g}: training does"
        " all that a line can; a network with a tanh hidden layer solves XOR in"
        f" {control['solved'] / control['seeds']:.1%}"
    )
    return Judgement(verdict, weakest["solved"] / weakest["seeds"], low, high, note)


def _steps_do_not_train(tables: Tables) -> Judgement:
    outcomes, by_hand = tables["outcomes"], tables["by_hand"]
    steps = outcomes[outcomes["network"].str.match(r"step \d")]
    if steps.empty:
        raise NotMeasured("the tables have no network of steps alone")
    nothing_moves = not steps[["changed", "with_gradient"]].to_numpy().any()
    expressed = by_hand[by_hand["right"] == by_hand["points"]]
    verdict = graded(nothing_moves and expressed.empty, in_part=nothing_moves)
    perceptron = tables["perceptron"].set_index("gate")
    learnt = [gate for gate, row in perceptron.iterrows() if row["converged"] in (True, "True")]
    obtained = (
        f"{int(steps['changed'].sum())} of {int(steps['seeds'].sum())} step networks change by a"
        f" bit; {int(steps['with_gradient'].sum())} ever have a gradient"
    )
    note = (
        "so gradient descent teaches steps nothing, AND and OR included; but with weights set by"
        f" hand they solve {', '.join(expressed['problem']) or 'neither problem'}, and the"
        f" perceptron's rule, which needs no gradient, learns {', '.join(learnt) or 'no gate'}"
    )
    below = outcomes[(outcomes["network"] == STEP_BELOW) & (outcomes["gate"] == "XOR")]
    if len(below):
        row = below.iloc[0]
        note += (
            f"; a trained linear output over {int(row['changed_below'])} changed step layers solves"
            f" XOR in {row['solved'] / row['seeds']:.1%} of seeds"
        )
    return Judgement(verdict, obtained, note=note)


CLAIMS = {"NP-02": _linear_backpropagates, "NP-03": _steps_do_not_train}
