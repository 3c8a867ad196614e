"""No cases: `xor_phase_diagram` goes beyond the documents and judges none of their claims."""

CASES = []
