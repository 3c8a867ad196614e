/* The XOR post's ten-layer network written by hand: how fast a processor could train it.

   A vector holds one number of each of 16 replicas. A block of 16 replicas stays in the nearest
   cache, the compiler writes all loops over units and points out, and a function's value and slope
   share one exponential. Exponentials and logarithms are polynomials that are right to about seven
   digits. This is a yardstick and no engine: it knows one network, one loss and plain SGD on all
   four points, records nothing, and does not look whether the weights stay finite.

   `limit.py` compiles this file and calls `train`. */

#ifdef __SSE__
#include <xmmintrin.h>
#endif

#define REPLICAS 16
#define LAYERS 10
#define UNITS 5
#define POINTS 4
#define NUMBERS (2 * UNITS + UNITS + 8 * (UNITS * UNITS + UNITS) + UNITS + 1)

typedef float floats __attribute__((vector_size(4 * REPLICAS)));
typedef int ints __attribute__((vector_size(4 * REPLICAS)));

#define INLINE static inline __attribute__((always_inline))

enum function { LINEAR, RELU, LEAKY_RELU, ELU, TANH, SIGMOID, SWISH, SOFTPLUS };

INLINE floats all(float x) { return (floats){0} + x; }

INLINE floats chosen(ints where, floats a, floats b) {
    return (floats)(((ints)a & where) | ((ints)b & ~where));
}

/* e to the x is 2 to a whole number, written into the exponent's bits, times 2 to what is left. */
INLINE floats exponential(floats x) {
    const float shift = 12582912.f; /* 3 * 2^22: a float of this size is a whole number */
    floats power = x * 1.44269504f;
    power = chosen(power < -126.f, all(-126.f), power);
    power = chosen(power > 126.f, all(126.f), power);
    floats whole = (power + shift) - shift, rest = power - whole;
    floats p = all(1.5469732e-4f);
    p = p * rest + 1.3400432e-3f;
    p = p * rest + 9.6180256e-3f;
    p = p * rest + 5.5503272e-2f;
    p = p * rest + 2.4022651e-1f;
    p = p * rest + 6.9314721e-1f;
    p = p * rest + 1.f;
    return (floats)((ints)p + (__builtin_convertvector(whole, ints) << 23));
}

/* log(1 + x) for x from 0 to 1. */
INLINE floats log_of_1_plus(floats x) {
    floats p = all(5.2534578e-3f);
    p = p * x - 2.9588507e-2f;
    p = p * x + 7.8361668e-2f;
    p = p * x - 1.3674770e-1f;
    p = p * x + 1.9111431e-1f;
    p = p * x - 2.4844370e-1f;
    p = p * x + 3.3319271e-1f;
    p = p * x - 4.9999502e-1f;
    p = p * x + 9.9999997e-1f;
    return p * x;
}

/* A function's value; and its slope there, which takes no second exponential. */
INLINE floats value(enum function f, float argument, floats x, floats *slope) {
    const floats one = all(1.f);
    if (f == RELU || f == LEAKY_RELU) {
        float below = f == RELU ? 0.f : argument;
        *slope = chosen(x > 0.f, one, all(below));
        return x * *slope;
    }
    if (f == ELU) {
        floats y = argument * (exponential(chosen(x < 0.f, x, all(0.f))) - 1.f);
        *slope = chosen(x > 0.f, one, y + argument);
        return chosen(x > 0.f, x, y);
    }
    if (f == TANH) {
        floats y = 1.f - 2.f / (exponential(2.f * x) + 1.f);
        *slope = 1.f - y * y;
        return y;
    }
    if (f == SIGMOID) {
        floats y = 1.f / (1.f + exponential(-x));
        *slope = y * (1.f - y);
        return y;
    }
    if (f == SWISH) {
        floats s = 1.f / (1.f + exponential(-x));
        *slope = s + x * s * (1.f - s);
        return x * s;
    }
    if (f == SOFTPLUS) {
        floats e = exponential(chosen(x > 0.f, -x, x)), s = 1.f / (1.f + e);
        *slope = chosen(x > 0.f, s, e * s);
        return chosen(x > 0.f, x, all(0.f)) + log_of_1_plus(e);
    }
    *slope = one; /* linear */
    return x;
}

/* Trains 16 replicas; the kernels are (in, out, replica), the biases (out, replica). */
INLINE void train_block(enum function f, float argument, floats *weights, float rate, int steps) {
    static const float x[2][POINTS] = {{0, 0, 1, 1}, {0, 1, 0, 1}}, y[POINTS] = {0, 1, 1, 0};
    floats signal[LAYERS + 1][UNITS][POINTS], slope[LAYERS + 1][UNITS][POINTS];
    floats of_signal[UNITS][POINTS], before[UNITS][POINTS];
    for (int i = 0; i < 2; i++)
        for (int p = 0; p < POINTS; p++) signal[0][i][p] = all(x[i][p]);
    for (int step = 0; step < steps; step++) {
        floats *w = weights;
        for (int layer = 0; layer < LAYERS; layer++) {
            int in = layer ? UNITS : 2, out = layer < LAYERS - 1 ? UNITS : 1;
            floats *bias = w + in * out;
            for (int j = 0; j < out; j++) {
                floats z[POINTS];
                for (int p = 0; p < POINTS; p++) z[p] = bias[j];
                for (int i = 0; i < in; i++)
                    for (int p = 0; p < POINTS; p++) z[p] += signal[layer][i][p] * w[i * out + j];
                for (int p = 0; p < POINTS; p++) {
                    enum function g = out == 1 ? SIGMOID : f;
                    signal[layer + 1][j][p] = value(g, argument, z[p], &slope[layer + 1][j][p]);
                }
            }
            w = bias + out;
        }
        for (int p = 0; p < POINTS; p++) of_signal[0][p] = .25f * (signal[LAYERS][0][p] - y[p]);
        for (int layer = LAYERS - 1; layer >= 0; layer--) {
            int in = layer ? UNITS : 2, out = layer < LAYERS - 1 ? UNITS : 1;
            floats *bias = w - out;
            w = bias - in * out;
            for (int i = 0; layer && i < in; i++)
                for (int p = 0; p < POINTS; p++) {
                    floats sum = all(0.f);
                    for (int j = 0; j < out; j++) sum += of_signal[j][p] * w[i * out + j];
                    before[i][p] = sum * slope[layer][i][p];
                }
            for (int j = 0; j < out; j++) {
                floats sum = all(0.f);
                for (int p = 0; p < POINTS; p++) sum += of_signal[j][p];
                bias[j] -= rate * sum;
                for (int i = 0; i < in; i++) {
                    sum = all(0.f);
                    for (int p = 0; p < POINTS; p++) sum += of_signal[j][p] * signal[layer][i][p];
                    w[i * out + j] -= rate * sum;
                }
            }
            for (int i = 0; i < in; i++)
                for (int p = 0; p < POINTS; p++) of_signal[i][p] = before[i][p];
        }
    }
}

/* Trains blocks of 16 replicas one after the other. Their weights, (block, number, replica), are
   moved where they stand: they must stand at a multiple of 64 bytes. */
void train(int f, float argument, float *weights, int blocks, float rate, int steps) {
#ifdef __SSE__ /* numbers too small for the normal range are taken as 0, as TensorFlow takes them */
    unsigned int settings = _mm_getcsr();
    _mm_setcsr(settings | 0x8040);
#endif
    for (int block = 0; block < blocks; block++) {
        floats *w = (floats *)weights + block * NUMBERS;
        switch (f) { /* a program of its own for each function */
#define CASE(name) case name: train_block(name, argument, w, rate, steps); break;
            CASE(LINEAR) CASE(RELU) CASE(LEAKY_RELU) CASE(ELU)
            CASE(TANH) CASE(SIGMOID) CASE(SWISH) CASE(SOFTPLUS)
        }
    }
#ifdef __SSE__
    _mm_setcsr(settings);
#endif
}
