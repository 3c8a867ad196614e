"""Imports what experiments compute and draw with, for processes that are copies of one another."""

import gc

import keras  # noqa: F401
import matplotlib.figure  # noqa: F401
import pandas as pd  # noqa: F401
import scipy.stats  # noqa: F401
import tensorflow as tf  # noqa: F401

import reproductions.training.replicas  # noqa: F401

# What is frozen is never looked at again by the collector, which would write to its memory: written
# pages are no longer shared.
gc.collect()
gc.freeze()
