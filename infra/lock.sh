#!/bin/sh
# Resolves requirements/*.in anew and writes every lock file: versions and hashes, never an address.
# Run by `make lock`. An argument is handed to uv, e.g. `infra/lock.sh --upgrade-package boto3` or `--upgrade`.
set -eu
cd "$(dirname "$0")/../requirements"

# Locked for the oldest Python people use; universal, so that one file serves every newer one and every system.
lock() { # input, output, options …
    input=$1 output=$2
    shift 2
    echo "lock $output"
    "${UV:-uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header "$@" "$input" -o "$output"
}

for environment in dev engine phone scan sam sbom uv; do
    lock "$environment.in" "$environment.txt" "$@"
done

# What is shipped is what was tested: the runtime takes the developers' versions.
lock runtime.in runtime.txt --constraint dev.txt

# The dependencies layer: the runtime, less what only Chalice's own command line imports.
lock runtime.in ../layers/dependencies/requirements.txt --constraint dev.txt --no-annotate \
    --no-emit-package ansicon --no-emit-package blessed --no-emit-package click --no-emit-package editor \
    --no-emit-package inquirer --no-emit-package jinxed --no-emit-package packaging --no-emit-package pip \
    --no-emit-package pyyaml --no-emit-package readchar --no-emit-package runs --no-emit-package setuptools \
    --no-emit-package wcwidth --no-emit-package wheel --no-emit-package xmod
