#!/bin/sh
# One file that runs with Node and onnxruntime-node alone: bundle.sh OUT.mjs
exec npx esbuild tools/gpu-bench/bench.ts --bundle --platform=node --format=esm --target=node20 \
  --conditions=@vla-pruner/source --external:onnxruntime-node --external:onnxruntime-common --external:koffi \
  --alias:@huggingface/transformers=./tools/gpu-bench/transformers-stub.ts --outfile="$1" \
  --banner:js='import{createRequire as __c}from"node:module";const require=__c(import.meta.url);'
