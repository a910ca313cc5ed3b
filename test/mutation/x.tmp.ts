import { randomMutant } from './random-mutant.ts';
import { runMutant } from './run-mutant.ts';
const seeds = process.argv.slice(2).flatMap((a) => { const [f, n = '1'] = a.split('+'); return Array.from({ length: Number(n) }, (_, i) => Number(f) + i); });
let shown = 0; const verdicts: Record<string, number> = {}; const runs: Record<string, number> = {};
for (const s of seeds) { const m = randomMutant(s); const r = await runMutant(m, { pieces: s % 4 === 0, wholeRun: s % 25 === 0 || seeds.length < 50 }); verdicts[r.verdict] = (verdicts[r.verdict] ?? 0) + 1; for (const c of r.runCodes ?? []) runs[c] = (runs[c] ?? 0) + 1; if (r.problems.length && shown++ < 12) console.log(s, m.mutators, JSON.stringify(m.options), r.problems.map(p=>p.slice(0,300)), r.verdict); }
console.log(seeds.length, verdicts, runs, shown, 'problems');
