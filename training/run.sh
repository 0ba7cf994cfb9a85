#!/usr/bin/env bash
# Everything from no data to six checkpoints, on one machine: demonstrations by the noisy expert, three policies that
# train while they arrive, then episodes that a half-trained student drives and the expert labels.
#
#   training/run.sh DATA OUT
#
# INIT goes on from earlier checkpoints: a folder with oft/, pi0/ and openvla/, each a checkpoint or what train.py left
# (then its latest/, else dropout/). A policy without one starts anew.
#
# TRAIN_OPTIONS are train.py's, of all three; TRAIN_OPTIONS_openvla and so on those of one.
#
# DATA holds what training/prepare.ts wrote. Times are wall-clock, so a machine with more cores and faster cards gets
# further in them. COLLECT and CLI say how to run collect.ts and the command line: the sources by default, bundles on a
# machine without the workspace.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
data="$(realpath -m "$1")" out="$(realpath -m "$2")"
: "${MINUTES_DENSE:=6}" "${MINUTES_DROPOUT:=2.5}" "${EXPERT_SECONDS:=180}" "${STUDENT_SECONDS:=80}" "${ROUNDS:=1}"
: "${WORKERS:=$(($(nproc) > 6 ? $(nproc) - 3 : $(nproc)))}" "${POLICIES:=oft pi0 openvla}" "${STUDENTS:=$POLICIES}" "${BATCH:=256}" "${TRAIN_OPTIONS:=}" "${INIT:=}"
: "${COLLECT:=node --import tsx --conditions=@vla-pruner/source $here/collect.ts}"
: "${CLI:=node --import tsx --conditions=@vla-pruner/source $here/../tools/run-cli.ts}"
mkdir -p "$data" "$out"
if [ -n "$INIT" ] && [ ! -d "$INIT" ]; then
  echo "INIT: no folder $INIT" >&2
  exit 1
fi
gpus="$({ nvidia-smi -L 2>/dev/null || true; } | wc -l)"

$COLLECT --out "$data" --samples 1000000 --seconds "$EXPERT_SECONDS" --workers "$WORKERS" --shard 500 >"$out/collect-expert.log" 2>&1 &
expert=$!

# The checkpoint of a policy to go on from; nothing where there is none.
origin() {
  local folder
  for folder in "$INIT/$1" "$INIT/$1/latest" "$INIT/$1/dropout"; do
    if [ -f "$folder/config.json" ]; then
      realpath "$folder"
      return
    fi
  done
}

number=0
trainers=()
for policy in $POLICIES; do
  device=cpu
  # A card each; where there are too few, the later ones share the last one.
  if [ "$gpus" -gt 0 ]; then device="cuda:$((number < gpus ? number : gpus - 1))"; fi
  init=()
  if [ -n "$INIT" ]; then
    from="$(origin "$policy")"
    if [ -n "$from" ]; then init=(--init "$from"); else echo "$policy: nothing in $INIT to go on from, starts anew"; fi
  fi
  own="TRAIN_OPTIONS_$policy"
  # shellcheck disable=SC2086
  python3 "$here/train.py" --policy "$policy" --data "$data" --out "$out/$policy" --device "$device" \
    --batch "$BATCH" --minutes-dense "$MINUTES_DENSE" --minutes-dropout "$MINUTES_DROPOUT" "${init[@]}" $TRAIN_OPTIONS ${!own:-} \
    >"$out/train-$policy.log" 2>&1 &
  trainers+=($!)
  number=$((number + 1))
done

# Students: each of STUDENTS (default: POLICIES; one may come twice) as it is by then, ROUNDS times in turn. Their
# episodes serve all three, unless train.py is told whose (--student).
wait "$expert"
first=1000000
for ((round = 0; round < ROUNDS; round += 1)); do
  for policy in $STUDENTS; do
    # The first export takes minutes; without trainers there is nobody to learn from an episode.
    until [ -d "$out/$policy/latest" ] || [ -z "$(jobs -rp)" ]; do sleep 1; done
    if [ -z "$(jobs -rp)" ]; then break 2; fi
    student="$out/student-$policy"
    rm -rf "$student" "$student-checkpoint"
    cp -r "$out/$policy/latest" "$student-checkpoint"
    views=2
    if [ "$policy" = openvla ]; then views=1; fi
    $CLI convert "$student-checkpoint" --views "$views" --out "$student" >>"$out/convert.log" 2>&1
    $COLLECT --out "$data" --samples 1000000 --seconds "$STUDENT_SECONDS" --workers "$WORKERS" --student "$student" \
      --first-episode "$first" --shard 250 >>"$out/collect-$policy.log" 2>&1
    first=$((first + 1000000))
  done
done

for trainer in "${trainers[@]}"; do wait "$trainer"; done
