"""No cases: `tanh_folding` goes beyond the documents and judges none of their claims."""

CASES = []
