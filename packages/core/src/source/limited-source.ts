import type { InputLimits } from '../context/input-limits.ts';
import { limitExceeded } from '../context/limit-exceeded.ts';
import { sizeText } from '../context/size-text.ts';
import type { CalveError } from '../errors/calve-error.ts';
import type { Redactor } from '../errors/redactor.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ObjectUnit } from './input-unit.ts';
import type { ListPage, ObjectSession } from './source.ts';

/**
 * A source as core works with it: no file is opened that is larger than the limits allow, and no address that it lists carries credentials,
 * since addresses are stored, shown and written into tables.
 */
export function limitedSource(session: ObjectSession, limits: Readonly<InputLimits>, redactor: Redactor): ObjectSession {
  return {
    kind: 'objects',
    async *list(request) {
      for await (const page of session.list(request)) yield withoutCredentials(page, redactor);
    },
    async open(unit, context) {
      if (unit.sizeBytes > limits.contentBytes) throw tooLarge(unit.sizeBytes, unit, limits);
      const reader = await session.open(unit, context);
      if (reader.sizeBytes < 0) return countingReader(reader, unit, limits);
      if (reader.sizeBytes <= limits.contentBytes) return reader;
      await reader.close();
      throw tooLarge(reader.sizeBytes, unit, limits);
    },
    check: () => session.check(),
    externalAccess: () => session.externalAccess(),
    close: () => session.close(),
  };
}

function withoutCredentials(page: ListPage, redactor: Redactor): ListPage {
  const clean = <T extends { uri: string }>(object: T): T => {
    const uri = redactor.uri(object.uri);
    return uri === object.uri ? object : { ...object, uri };
  };
  const { unreadable } = page;
  return {
    ...page,
    units: page.units.map(clean),
    // Core takes such sentences apart, and what was cut out of the middle of a secret is not found any more.
    skipped: page.skipped.map((object) => ({ ...clean(object), reason: redactor.text(object.reason) })),
    ...(unreadable ? { unreadable: unreadable.map((object) => ({ ...clean(object), error: redactor.json(object.error) })) } : {}),
  };
}

/** For a file whose size shows only at its end. */
function countingReader(reader: ByteReader, unit: ObjectUnit, limits: Readonly<InputLimits>): ByteReader {
  const account = (end: number, count: number): number => {
    if (end > limits.contentBytes) throw tooLarge(end, unit, limits);
    return count;
  };
  return {
    sizeBytes: reader.sizeBytes,
    read(target, offset) {
      const count = reader.read(target, offset);
      return typeof count === 'number' ? account(offset + count, count) : count.then((bytes) => account(offset + bytes, bytes));
    },
    verify: () => reader.verify(),
    close: () => reader.close(),
  };
}

/** Compressed or not: content is rarely smaller than what it is stored in. */
function tooLarge(bytes: number, { uri }: ObjectUnit, limits: Readonly<InputLimits>): CalveError {
  const message = `${uri} has ${sizeText(bytes)} or more; a file may have ${sizeText(limits.contentBytes)}.`;
  return limitExceeded('contentBytes', limits, message, { uri });
}
