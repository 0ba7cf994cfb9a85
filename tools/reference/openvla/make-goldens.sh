#!/bin/sh
# Writes every golden of packages/plugin-openvla/test/golden. Checkouts and environments: see README.md.
#
#     OPENVLA=… VLA_PRUNER=… DENSE=…/bin/python FORK=…/bin/python OPENVLA_DIR=… [IMAGE=…] ./make-goldens.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
golden=$here/../../../packages/plugin-openvla/test/golden
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1

(cd "$here/../../.." && node --import tsx --conditions=@vla-pruner/source "$here/write-fixtures.ts" "$work")

for checkpoint in "$work"/*/; do
  name=$(basename "$checkpoint")
  "$DENSE" "$here/dense.py" --openvla "$OPENVLA" --checkpoint "$checkpoint" --episode "$checkpoint/episode.jsonl" \
    --prune-layer "$(cat "$checkpoint/prune-layer")" --out "$golden/dense-$name.json"
done
"$FORK" "$here/pruned.py" --vla-pruner "$VLA_PRUNER" --checkpoint "$work/reference" \
  --episode "$work/reference/episode.jsonl" --out "$golden/pruned-reference.json"

# Its PNG files stay behind: the tests draw the same pictures themselves.
"$DENSE" "$here/image_processor.py" --openvla "$OPENVLA" --preprocessor "$OPENVLA_DIR" ${IMAGE:+--image "$IMAGE"} \
  --out "$work/image-processor.json"
cp "$work/image-processor.json" "$golden/"
"$DENSE" "$here/detokenize.py" --openvla "$OPENVLA" --preprocessor "$OPENVLA_DIR" --out "$golden/detokenize.json"
"$DENSE" "$here/prompts.py" --preprocessor "$OPENVLA_DIR" --out "$golden/prompts.json"
(cd "$here/../../.." && npx oxfmt packages/plugin-openvla/test/golden)
