// What a host in a browser needs beside `@calve/core`.

export { browserEnvironment } from './browser-environment.ts';
