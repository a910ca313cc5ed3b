import { poisonReleasedMemory } from '@calve/core/plugin';

poisonReleasedMemory(true);
