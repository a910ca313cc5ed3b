import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { unitOf } from '../plan/plan-values.fixture.ts';
import { BundleLabels } from './bundle-labels.ts';

const environment = {
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) };
  },
};
const labels = (salt = 'state', areNamesKept = false) => new BundleLabels(environment, salt, areNamesKept);

describe('labels of files', () => {
  it('are the same for the same file, and tell places, contents and versions apart', () => {
    const [a, again] = [labels().unit(unitOf('a.csv')), labels().unit(unitOf('a.csv'))];
    expect(again).toEqual(a);
    const changed = labels().unit({ ...unitOf('a.csv'), key: 'another', fingerprint: 'another' });
    expect(changed?.place).toBe(a?.place);
    expect([changed?.key === a?.key, changed?.content === a?.content]).toEqual([false, false]);
    expect(labels().unit(unitOf('b.csv'))?.place).not.toBe(a?.place);
    expect(labels().key(unitOf('a.csv').key)).toBe(a?.key);
  });

  it('are others in another state, so that a guess cannot be checked', () => {
    expect(labels('other').unit(unitOf('a.csv'))?.file).not.toBe(labels().unit(unitOf('a.csv'))?.file);
  });

  it.each([
    ['orders.CSV.gz', '.csv.gz'],
    ['orders.csv', '.csv'],
    ['jane.doe', ''],
    ['orders', ''],
  ])('of %s end with "%s"', (name, ending) => {
    expect(labels().unit(unitOf(name))?.file).toMatch(new RegExp(`^file-[0-9a-f]{12}${ending.replaceAll('.', '\\.')}$`));
  });

  it('are names without folders when that was asked for', () => {
    expect(labels('state', true).unit(unitOf('secret/a.csv'))?.file).toBe('a.csv');
  });
});
