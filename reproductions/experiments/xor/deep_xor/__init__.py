"""How often each activation function lets the 10-layer XOR network learn XOR.

Document: xor-post, parts 1-1, 3-1 and 4 (its listing).
Setup: the network has two inputs, nine hidden layers of five units and one output (2-5x9-1). Its
weights and biases are drawn from N(0, 1). SGD at learning rate 0.01 makes 20,001 updates, each on
all four points; cost and accuracy are recorded before every 100th. The hidden layers apply sigmoid,
ReLU, leaky ReLU (slope 0.2) or tanh, the output layer a sigmoid. Every activation and both losses
start from the same seeds.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4: with a wrong point the cost
cannot be so low. The post's own criterion, accuracy 1 at the end, is reported beside it. It says
little where the cost is near log(2): there every answer is 1/2 up to rounding, and any accuracy
occurs by chance.
Known differences: the initial weights come from NumPy's Philox generator, and XLA compiles the
training loop. The "stable" loss is the post's loss computed from the logit: the same function,
calculated in another way.
"""
