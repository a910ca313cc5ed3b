// What a host in a browser needs beside `@calve/core`.

export { serveSegments } from '../run/segments/segment-server.ts';
export { browserEnvironment } from './browser-environment.ts';
