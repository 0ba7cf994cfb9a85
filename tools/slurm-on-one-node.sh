#!/bin/bash
# Runs examples/serving/eval-array.sh on a Slurm of this machine alone, two parts, and joins them. For a machine or
# container to throw away: it wants root, and Debian's packages slurm-wlm and munge.
#
#     tools/slurm-on-one-node.sh MODEL [words for `eval`…]
set -euo pipefail
repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
model="$(realpath "$1")"
shift
folder="$(mktemp -d)"
node="$(hostname -s)"
mkdir -p "$folder/state" "$folder/spool" "$folder/out" /run/munge /var/log/munge
cat > "$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$node
SlurmUser=root
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
NodeName=$node CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$folder/slurm.conf"
started=()
stop() {
  trap - EXIT
  for pid in "${started[@]}"; do kill "$pid" 2> /dev/null || true; done
  rm -rf "$folder"
}
trap stop EXIT
chown munge: /run/munge /var/log/munge
if ! munge -n > /dev/null 2>&1; then
  [ -s /etc/munge/munge.key ] || /usr/sbin/mungekey --create
  setpriv --reuid=munge --regid=munge --init-groups /usr/sbin/munged --foreground & started+=($!)
  for _ in $(seq 50); do munge -n > /dev/null 2>&1 && break || sleep 0.2; done
fi
slurmctld -D & started+=($!)
slurmd -D & started+=($!)
for _ in $(seq 150); do [ "$(sinfo -h -o %T 2> /dev/null)" = idle ] && break || sleep 0.2; done

export VLA_PRUNER="${VLA_PRUNER:-node --import $repository/node_modules/tsx/dist/loader.mjs --conditions=@vla-pruner/source $repository/tools/run-cli.ts}"
sbatch --wait --array=1-2 --cpus-per-task=1 --output="$folder/part-%a.log" \
  "$repository/examples/serving/eval-array.sh" "$model" "$folder/out" "$@" || { cat "$folder"/*.log; exit 1; }
$VLA_PRUNER eval-report "$folder"/out/* --out "$folder/report" --json
