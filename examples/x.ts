import { vlaPipeline } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";
const m = await convertTinyOpenVla();
const p = await vlaPipeline(m, { adapter: openvla(), retention: 0.25 });
for (const f of FRAMES) { const r = await p(f, INSTRUCTION);
 console.log(r.step, r.decision, r.keep.length, r.tokens, r.action.map(v=>v.toFixed(3)).join(" "), r.sequence);
 const g=(s:Set<number>,h:Set<number>)=>Array.from({length:16},(_,y)=>Array.from({length:16},(_,x)=>{const i=y*16+x;return (s.has(i)?(h.has(i)?"#":"s"):h.has(i)?"f":".")}).join("")).join("\n");
 const top=(v:Float32Array)=>new Set([...v.keys()].sort((a,b)=>v[b]!-v[a]!).slice(0,64));
 if(process.argv[2]) {console.log(g(top(r.semantic.last!), r.forecast?top(r.forecast):new Set())); console.log(); console.log(g(new Set(r.keep), new Set()));
 const l=r.semantic.last!; console.log("sem max/mean", Math.max(...l)/(l.reduce((a,b)=>a+b)/256), "act", Math.max(...r.actionAttention)/(r.actionAttention.reduce((a,b)=>a+b)/256)); }
}
await p.dispose();
