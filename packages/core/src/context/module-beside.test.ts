// That a bundle in ESM form says the same is tested with a real one, in test/packed: vitest loads modules in its own way.
import { expect, it } from 'vitest';
import type { CallContext } from './call-context.ts';
import { moduleBeside } from './module-beside.ts';
import { rebuildPortable } from './portable.ts';

const context = {} as CallContext;

it('names the file beside the caller, in the sources and where they were built', () => {
  expect(moduleBeside('file:///a/src/csv-format.ts', './csv-decoder')).toBe('file:///a/src/csv-decoder.ts');
  expect(moduleBeside('file:///a/dist/chunk-1.js', './datafile/writer')).toBe('file:///a/dist/datafile/writer.js');
});

it('says in a bundle without import.meta.url what to do', () => {
  expect(() => moduleBeside(undefined, './csv-decoder')).toThrow(
    expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringMatching(/csv-decoder.*--external/) }),
  );
});

it('leaves alone what is wrong inside of a module that is there', async () => {
  const module = `data:text/javascript,${encodeURIComponent("import 'a-package-that-nobody-has';")}`;
  const rebuilt = rebuildPortable({ module, exportName: 'x', config: {} }, context, undefined);
  await expect(rebuilt).rejects.not.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});
