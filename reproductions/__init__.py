"""Five tutorials on activation functions, rebuilt: a module an experiment, `suite` for all."""

import os

# Before anything imports Keras: the documents are written for TensorFlow, and its start-up
# messages would bury ours.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# oneDNN rounds differently from one processor to the next; networks this small gain nothing by it.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
