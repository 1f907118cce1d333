#!/bin/sh
# Tests the cluster: scripts/test.sh [flags of go test]. Builds the binary first, unless EMBEDDED_CLUSTER_BIN names one.
# `go test ./...` does the same; here flags and variables are those of scripts/build.sh, so that Kubernetes is compiled once and not twice.
set -e
cd "$(dirname "$0")/.."
if [ -z "$EMBEDDED_CLUSTER_BIN" ]; then
  scripts/build.sh
  export EMBEDDED_CLUSTER_BIN="$PWD/bin/embedded-cluster"
fi
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false
exec go test -trimpath -v -timeout 8m "$@" ./...
