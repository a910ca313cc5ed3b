import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../format/observation.ts';
import type { EventMessage } from './decode-messages.ts';
import { receivedEvent, receivedObservation } from './received-event.ts';

const finding = { code: 'A', severity: 'info' as const, message: 'a' };
const record = { position: { unit: '' }, codes: ['row:token-count'], columns: [], raw: new Uint8Array(1), truncated: false };
const observation: Observation = { fields: [], origin: 'sample', sampledBytes: 1, facts: null, findings: [finding] };
const cyclic: unknown[] = [];
cyclic.push(cyclic);

const refusal = (look: () => unknown): unknown => {
  try {
    return look();
  } catch (error) {
    return error;
  }
};

describe('an event from another process', () => {
  it.each<EventMessage>([
    { kind: 'rejected', records: [record] },
    { kind: 'skipped', records: 1, reason: 'blank' },
    { kind: 'finding', diagnostic: finding },
    { kind: 'misaligned', at: 5 },
  ])('of kind $kind is taken as it is', (event) => {
    expect(receivedEvent(event, () => {})).toBe(event);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a number', 42],
    ['an unknown kind', { kind: 'banana' }],
    ['a kind that is none', { kind: {} }],
    ['records that are none', { kind: 'rejected', records: 3 }],
    ['a record without bytes', { kind: 'rejected', records: [{ ...record, raw: 'a' }] }],
    ['a record without codes', { kind: 'rejected', records: [{ ...record, codes: null }] }],
    ['less than no records', { kind: 'skipped', records: -1, reason: 'blank' }],
    ['a finding without words', { kind: 'finding', diagnostic: { ...finding, message: undefined } }],
    ['a batch without parts', { kind: 'batch', number: 1 }],
    ['a batch of nothing', { kind: 'batch', number: 1, parts: { rows: 3 } }],
  ])('that is %s is the end of its file only', (_, event) => {
    const error = refusal(() => receivedEvent(event as EventMessage, () => {}));
    expect(error).toMatchObject({ code: 'DECODER_CRASHED', recovery: { kind: 'fix-input' } });
  });
});

describe('an observation from another process', () => {
  it('is taken as it is', () => {
    expect(receivedObservation(observation)).toEqual(observation);
  });

  it.each<[string, unknown]>([
    ['a number', 42],
    ['without fields', { ...observation, fields: undefined }],
    ['with a field that is none', { ...observation, fields: [null] }],
    ['of unknown origin', { ...observation, origin: 'guess' }],
    ['with a finding that is none', { ...observation, findings: ['a'] }],
    ['that cannot be stored', { ...observation, facts: cyclic }],
    ['with a number that JSON has not', { ...observation, facts: 10n }],
  ])('that is %s is the end of its file only', (_, wrong) => {
    expect(refusal(() => receivedObservation(wrong as Observation))).toMatchObject({ code: 'DECODER_CRASHED' });
  });
});
