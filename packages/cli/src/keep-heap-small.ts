import { setFlagsFromString } from 'node:v8';

// Files of any shape have to fit into a few hundred megabytes, also one of ten thousand columns, whose plan is a million small objects. V8
// would rather let its space for new objects grow than collect it; kept at its first size, a command takes a third less memory and about a
// seventh more time. Imported before anything else, while the heap is still small. https://v8.dev/blog/trash-talk
setFlagsFromString('--semi-space-growth-factor=1');
