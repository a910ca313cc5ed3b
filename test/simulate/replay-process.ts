// A process of its own that replays one bundle, started by replay-bundle.ts: the bundle on stdin, what it came to on stdout.
import { text } from 'node:stream/consumers';
import type { SupportBundle } from '@calve/core';
import { replayInWorld } from './replay-in-world.ts';

const replay = await replayInWorld(JSON.parse(await text(process.stdin)) as SupportBundle);
process.stdout.write(JSON.stringify(replay));
