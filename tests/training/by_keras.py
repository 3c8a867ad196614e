"""A small regression, and what Keras' own training makes of a model on it."""

import numpy as np
import tensorflow as tf

X = np.random.default_rng(0).standard_normal((32, 3)).astype("float32")
Y = np.sin(X.sum(axis=1, keepdims=True)).astype("float32")


def squared_loss(y, output):
    """The mean squared error of each replica."""
    return tf.reduce_mean((y - output) ** 2, (0, 1))


def by_keras(model, weights, optimizer, batches):
    """The weights that one model comes to, moved by the optimizer itself."""
    model.set_weights(weights)
    dtype = weights[0].dtype
    optimizer.build(model.trainable_variables)

    @tf.function(autograph=False)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = squared_loss(y, model(x, training=True))
        moved = model.trainable_variables
        optimizer.apply(tape.gradient(loss, moved), moved)

    for order in batches:
        step(tf.constant(X[order], dtype), tf.constant(Y[order], dtype))
    return model.get_weights()
