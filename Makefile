# Every target makes .venv and installs requirements.txt first, if that was not done yet.
# Another Python: make PYTHON=python3.12 ...

VENV ?= .venv
FORMAT ?= text
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed-$(shell cksum < requirements.txt | tr -dc '0-9')
JAX := .venv-jax
JAX_STAMP := $(JAX)/.installed-$(shell cksum < tests/requirements-jax.txt | tr -dc '0-9')
TORCH := .venv-torch
TORCH_STAMP := $(TORCH)/.installed-$(shell cksum < tests/requirements-torch.txt | tr -dc '0-9')
STRESS := .venv-stress
STRESS_FILES := requirements.txt tests/requirements-stress.txt
STRESS_STAMP := $(STRESS)/.installed-$(shell cat $(STRESS_FILES) | cksum | tr -dc '0-9')
CLUSTER := .venv-cluster
CLUSTER_FILES := requirements.txt requirements-cluster.txt
CLUSTER_STAMP := $(CLUSTER)/.installed-$(shell cat $(CLUSTER_FILES) | cksum | tr -dc '0-9')
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

# Whatever the shell says: pytest takes another backend for the layers' tests.
export KERAS_BACKEND := tensorflow

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help reproduce quick check fit-check test test-backends test-cluster stress mutants drift bench bench-cluster report lint clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

reproduce: $(STAMP) ## run the experiments, or NAMES="..."; results go to results/latest
	$(PY) -m reproductions run $(NAMES)

quick: $(STAMP) ## a first look: the experiments with few initialisations, and the check
	$(PY) -m reproductions run --quick
	$(PY) -m reproductions check

check: $(STAMP) ## hold results/latest, or NAMES="..." in it, against the stored numbers
	$(PY) -m reproductions check $(NAMES) --format $(FORMAT)

fit-check: $(STAMP) ## hold the engine against Keras' own Model.fit over whole runs (minutes)
	$(PY) -m reproductions run tanh_warping_fit
	$(PY) -m reproductions check tanh_warping_fit

test: $(STAMP) ## run the tests
	$(PY) -m pytest -n auto --dist loadscope

test-backends: $(STAMP) $(JAX_STAMP) $(TORCH_STAMP) ## run the layers' tests on TensorFlow, JAX and PyTorch
	$(PY) -m pytest tests/layers -n auto
	KERAS_BACKEND=jax $(JAX)/bin/python -m pytest tests/layers -n auto
	OMP_NUM_THREADS=1 KERAS_BACKEND=torch $(TORCH)/bin/python -m pytest tests/layers -n auto

test-cluster: $(CLUSTER_STAMP) ## run shards on a Dask cluster on loopback, and end its workers
	$(CLUSTER)/bin/python -m pytest tests/cluster

bench-cluster: $(CLUSTER_STAMP) ## time a shard's way to two Dask workers on loopback and back
	$(CLUSTER)/bin/python -m reproductions.bench.cluster_timings

stress: $(STRESS_STAMP) ## attack the checks, the input and the runs at full size; tables go to results/stress
	$(STRESS)/bin/python -m pytest tests/stress --full --store results/stress

mutants: $(STRESS_STAMP) ## change the code on purpose: the tests must see it (hours; it goes on where it stopped)
	$(STRESS)/bin/python -m tests.stress.mutants --store results/stress

drift: $(STAMP) ## how far the numbers move on other processors; to results/drift (an hour or more)
	$(PY) -m reproductions.bench.drift

bench: $(STAMP) ## time the replica engine (beside JAX and PyTorch too, once test-backends has run)
	$(PY) -m reproductions.bench.timings
	$(PY) -m reproductions.bench.limit
	$(PY) -m reproductions.bench.costs
	$(PY) -m reproductions.bench.widths

report: $(STAMP) ## write one page of results/latest: results/latest/report/index.html
	$(PY) -m reproductions report

lint: $(STAMP) ## check style, format, types, and the arrows between the rooms
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m mypy
	$(PY) -m reproductions.report.untranslated
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	if [ -x $(VENV)/bin/actionlint ]; then $(VENV)/bin/actionlint; fi

clean: ## remove the environments and what runs wrote; the stored numbers stay
	rm -rf .venv .venv-jax .venv-torch .venv-stress .venv-cluster results/latest results/custom results/trials .pytest_cache .ruff_cache .mypy_cache .hypothesis .mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp's name holds a checksum of the requirements: it is made again when they change, and
# only then. It is written last, so an installation that was cut short is taken up again.
$(STAMP):
	@$(call make-venv,$(VENV),requirements.txt,$@)

$(JAX_STAMP):
	@$(call make-venv,$(JAX),tests/requirements-jax.txt,$@)

$(TORCH_STAMP):
	@$(call make-venv,$(TORCH),tests/requirements-torch.txt,$@)

$(STRESS_STAMP):
	@$(call make-venv,$(STRESS),tests/requirements-stress.txt,$@)

$(CLUSTER_STAMP):
	@$(call make-venv,$(CLUSTER),requirements-cluster.txt,$@)

define make-venv
set -e; \
if ! $(1)/bin/python -c 'import pip; $(SUITABLE)' >/dev/null 2>&1; then \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
		if $$python -c '$(SUITABLE)' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "error: Python 3.11, 3.12 or 3.13 is needed." \
			"Received: $$($(or $(PYTHON),python3) --version 2>&1 | head -n 1)" >&2; \
		exit 2; \
	fi; \
	rm -rf $(1); \
	if ! $$found -m venv $(1) >/dev/null 2>&1; then \
		rm -rf $(1); \
		echo "error: $$found cannot make environments; install its venv module (python3-venv)." >&2; \
		exit 2; \
	fi; \
fi; \
echo "installing $(2) into $(1) (once, a minute or two)"; \
$(1)/bin/python -m pip install --quiet --disable-pip-version-check -r $(2); \
rm -f $(1)/.installed-*; \
touch $(3)
endef
