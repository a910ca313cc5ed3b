import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { CallContext, Diagnostic, Environment } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { bytesReader } from './bytes-reader.ts';
