#!/bin/bash
# A sweep in parts, as a Slurm array: sbatch --array=1-8 eval-array.sh MODEL OUT [words for `eval`…]
# Then: vla-pruner eval-report OUT/* --out OUT-report
#SBATCH --job-name=vla-pruner-eval
#SBATCH --cpus-per-task=2
#SBATCH --time=04:00:00
set -euo pipefail
model=$1 out=$2
shift 2
# Started again after it was preempted, a part goes on where it stopped.
exec ${VLA_PRUNER:-vla-pruner} eval --policy "$model" "$@" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --jobs "${SLURM_CPUS_PER_TASK:-1}" \
  --out "$out/$SLURM_ARRAY_TASK_ID" --resume
