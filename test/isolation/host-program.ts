// A host of host-programs.test.ts: loads one file with isolation and never closes. Argument: what the decoder does, or `idle`: the host goes on.
import { hostileFile } from './hostile-format.ts';
import { introductions, isolatedCalve } from './isolated-calve.ts';

const act = process.argv[2] ?? '';
const { calve, specOf } = isolatedCalve({ 'a.csv': hostileFile('decode', act === 'idle' ? 'introduce' : act) });
calve.on('event', (event) => {
  for (const { pid } of introductions([event])) console.log(pid);
});
await calve.run(specOf());
console.log('done');
if (act === 'idle') setInterval(() => {}, 1000);
