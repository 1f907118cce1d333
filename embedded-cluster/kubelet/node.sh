#!/bin/bash
# A node with the real kubelet, containerd and runc, beside `embedded-cluster --node none`. For comparing with; not part of the default.
#
#   kubelet/node.sh STATE_DIRECTORY NODE_DIRECTORY BIN_DIRECTORY
#
# STATE_DIRECTORY is the running cluster's, BIN_DIRECTORY holds the kubelet of `WITH_KUBELET=1 scripts/build.sh`. Needs root, and Debian's
# containerd, runc, busybox-static and containernetworking-plugins (CNI_BIN and BUSYBOX say where, if elsewhere). Ends with what it
# started in NODE_DIRECTORY/*.pid; the images are localhost/busybox:1 and localhost/pause:1.
set -euo pipefail
state=$(realpath "$1")
mkdir -p "$2/cni"
node=$(realpath "$2")
bin=$(realpath "$3")
here=$(cd "$(dirname "$0")" && pwd)
kubeconfig=$state/kubeconfig

# wait_for SECONDS WHAT COMMAND...
wait_for() {
  local seconds=$1 what=$2
  shift 2
  for _ in $(seq $((seconds * 10))); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep .1
  done
  echo "not within $seconds s: $what" >&2
  exit 1
}

cat >"$node/containerd.toml" <<T
version = 2
root = "$node/containerd-root"
state = "$node/containerd-state"
[grpc]
  address = "$node/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"   # made below; the default one would have to be pulled
  restrict_oom_score_adj = true         # without CAP_SYS_RESOURCE runc dies: "can't get final child's PID from pipe"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI_BIN:-/usr/lib/cni}"
    conf_dir = "$node/cni"
T
cat >"$node/cni/10-bridge.conflist" <<T
{"cniVersion":"0.4.0","name":"embedded","plugins":[
 {"type":"bridge","bridge":"embedded0","isGateway":true,"ipMasq":false,"ipam":{"type":"host-local","dataDir":"$node/ipam","ranges":[[{"subnet":"10.97.0.0/20"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"loopback"}]}
T
containerd -c "$node/containerd.toml" >"$node/containerd.log" 2>&1 &
echo $! >"$node/containerd.pid"
wait_for 10 "containerd" ctr -a "$node/containerd.sock" version

python3 "$here/mkimage.py" "$node/busybox.tar" localhost/busybox:1 sh
python3 "$here/mkimage.py" "$node/pause.tar" localhost/pause:1 /bin/sleep infinity
for image in busybox pause; do ctr -a "$node/containerd.sock" -n k8s.io images import "$node/$image.tar" >/dev/null; done

sed "s#@NODE@#$node#g; s#@STATE@#$state#g" "$here/config.yaml.tmpl" >"$node/kubelet.yaml"
"$bin/kubelet" --config "$node/kubelet.yaml" --kubeconfig "$kubeconfig" --root-dir "$node/kubelet" --cert-dir "$node/kubelet-pki" \
  --hostname-override localhost >"$node/kubelet.log" 2>&1 &
echo $! >"$node/kubelet.pid"
ready() { kubectl --kubeconfig "$kubeconfig" get node localhost | grep -q ' Ready'; }
wait_for 30 "a ready node; see $node/kubelet.log" ready
kubectl --kubeconfig "$kubeconfig" get nodes
