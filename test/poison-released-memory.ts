// Not by way of the package: loading all of it takes longer than many a test file.
import { poisonReleasedMemory } from '../packages/core/src/columns/batch-memory.ts';

poisonReleasedMemory(true);
