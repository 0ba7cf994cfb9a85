#!/usr/bin/env bash
# One archive that evaluates and collects on a Linux x64 machine with many cores, but with neither Node nor a network:
#
#   tools/bundle.sh OUT.tar.xz
#
# There: tar xJf OUT.tar.xz; ./node dist/cli.mjs eval …; ./node dist/collect.mjs …; ./node dist/prepare.mjs …; ./node dist/curves.mjs --cli dist/cli.mjs …
# Charts come as SVG only: the rasteriser is left out.
set -euo pipefail
out="$(realpath -m "${1:?usage: tools/bundle.sh OUT.tar.xz}")"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/dist" "$work/node_modules"

runtime="$(realpath packages/core/node_modules/onnxruntime-node)"
cp -rL "$runtime" "$runtime/../onnxruntime-common" "$work/node_modules/"
binaries="$work/node_modules/onnxruntime-node/bin/napi-v6"
find "$binaries" -mindepth 1 -maxdepth 2 -type d ! -path "$binaries/linux" ! -path "$binaries/linux/x64" -prune -exec rm -rf {} +
find "$work/node_modules" -name '*.map' -delete

cat >"$work/absent.mjs" <<'JS'
const refuse = () => { throw new Error("not in this bundle"); };
const absent = new Proxy(function () {}, { get: refuse, apply: refuse });
export default absent;
export const env = {}, InferenceSession = absent, Tensor = absent;
JS
esbuild="node_modules/.bin/esbuild"
modules='import { createRequire as requireHere } from "node:module"; const require = requireHere(import.meta.url);'
for entry in cli:packages/cli/src/bin.ts quantize-worker:packages/onnx/src/quantize/quantize-worker.ts collect:training/collect.ts prepare:training/prepare.ts curves:tools/bench-curves.ts; do
  "$esbuild" "${entry#*:}" --outfile="$work/dist/${entry%%:*}.mjs" --log-level=warning \
    --bundle --platform=node --format=esm --target=node20 --conditions=@vla-pruner/source --banner:js="$modules" \
    --external:onnxruntime-node --alias:sharp="$work/absent.mjs" \
    --alias:onnxruntime-web="$work/absent.mjs" --alias:onnxruntime-web/webgpu="$work/absent.mjs"
done
rm "$work/absent.mjs"
# Both are looked for beside the program: the version in package.json, the physics in mujoco.wasm.
cp packages/cli/package.json "$work/"
cp packages/sim/node_modules/@mujoco/mujoco/mujoco.wasm "$work/dist/"
cp "$(node -p process.execPath)" "$work/node"

mkdir -p "$(dirname "$out")"
XZ_OPT="${XZ_OPT:--T0}" tar cJf "$out" -C "$work" node package.json dist node_modules
