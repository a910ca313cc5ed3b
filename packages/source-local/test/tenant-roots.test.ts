import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectSession } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localSource } from '../src/index.ts';
import { startFolder } from './start-folder.ts';

let folder: Awaited<ReturnType<typeof startFolder>>;

beforeEach(async () => {
  folder = await startFolder();
  await folder.put('acme/orders.csv', Buffer.from('id\n1\n'));
  await folder.put('globex/orders.csv', Buffer.from('id\n2\n'));
  await folder.put('globex/secret.csv', Buffer.from('id\n3\n'));
});
afterEach(async () => {
  await folder.stop?.();
});

/** What the source answers to one path of one tenant. */
async function connect(tenant: string, path: string): Promise<ObjectSession> {
  const source = localSource({ root: ({ tenant }) => join(folder.path, tenant) });
  return (await source.connect({ path, pattern: '**', recursive: true }, testContext({ tenant }))) as ObjectSession;
}

async function refusal(tenant: string, path: string): Promise<CalveError> {
  const error = await connect(tenant, path).catch((thrown: unknown) => thrown);
  if (CalveError.is(error)) return error;
  throw new TypeError(`${path} was not refused`);
}

async function placesOf(session: ObjectSession): Promise<string[]> {
  const places: string[] = [];
  for await (const page of session.list({ signal: new AbortController().signal }))
    places.push(...page.units.map(({ place }) => place.slice(`file://${folder.path}/`.length)));
  return places;
}

describe('a root for each tenant', () => {
  it('makes one spec mean the files of whoever runs it', async () => {
    expect(await placesOf(await connect('acme', '.'))).toEqual(['acme/orders.csv']);
    expect(await placesOf(await connect('globex', '.'))).toEqual(['globex/orders.csv', 'globex/secret.csv']);
  });

  it('keeps a tenant out of the others: by dots, absolute, through a link', async () => {
    await symlink(join(folder.path, 'globex'), join(folder.path, 'acme', 'link'));
    const paths = ['..', '../globex', '../globex/secret.csv', join(folder.path, 'globex'), 'link', 'link/secret.csv'];
    for (const path of paths) expect(await refusal('acme', path), path).toMatchObject({ code: 'OPTIONS_INVALID' });
    expect(await placesOf(await connect('acme', '.'))).toEqual(['acme/orders.csv']);
  });

  it('refuses to open what a plan of another tenant names', async () => {
    const pages = [];
    for await (const page of (await connect('globex', '.')).list({ signal: new AbortController().signal })) pages.push(page);
    const theirs = pages[0]!.units[0]!;
    const session = await connect('acme', '.');
    await expect(session.open(theirs, testContext({ tenant: 'acme' }))).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });

  it.each([
    ['a tenant without a folder', 'newcomer', '.'],
    ['a path with a typing error', 'acme', 'orders.csw'],
    ['a name behind a link', 'acme', 'link/secrett.csv'],
  ])('tells %s nothing of what lies beside it', async (_, tenant, path) => {
    await symlink(join(folder.path, 'globex'), join(folder.path, 'acme', 'link'));
    const error = await refusal(tenant, path);
    expect(error.code).toBe('SOURCE_NOT_FOUND');
    expect(JSON.stringify(error.toJSON())).not.toMatch(/globex|secret\.csv/);
    // Its own names still are a hint.
    if (path === 'orders.csw') expect(error.message).toContain('orders.csv');
  });
});
