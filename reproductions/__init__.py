"""Five tutorials on activation functions, rebuilt: a module an experiment, `suite` for all."""

import os

# Before anything imports Keras: the documents are written for TensorFlow, and its start-up
# messages would bury ours.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# oneDNN rounds differently from one processor to the next; networks this small gain nothing by it.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# The replica engine's training loop, three times faster: the whole loop compiled as one kernel, not
# as some fifty a step; 16 floats an instruction where the processor can; and fewer copies of the
# weights. None of them changes a result. XLA reads them once, when TensorFlow is imported.
os.environ["XLA_FLAGS"] = " ".join(
    [
        os.environ.get("XLA_FLAGS", ""),
        "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1000000000",
        "--xla_cpu_prefer_vector_width=512",
        "--xla_cpu_copy_insertion_use_region_analysis=true",
        # Large sums would go to a library that such a kernel cannot call.
        "--xla_cpu_experimental_ynn_fusion_type=",
    ]
).strip()
