import { expect, it } from 'vitest';
import { withBoundImports } from './bound-imports.ts';

it('leaves out imports of own files of which nothing is used', () => {
  const code = [
    'import {',
    '  run',
    '} from "./a.js";',
    'import "./b.js";',
    'import "../c.js";',
    '',
    '// src/d.ts',
    'run();',
    '',
  ];
  expect(withBoundImports(code.join('\n'))).toBe('import {\n  run\n} from "./a.js";\n\n// src/d.ts\nrun();\n');
});

it('keeps what is used, what is exported on, imports of packages, and text that looks like an import', () => {
  const code = [
    '#!/usr/bin/env node',
    'import "zod";',
    'import all, { one } from "./a.js";',
    'export * from "./b.js";',
    'var text = `',
    'import "./c.js";',
    '`;',
    'export const later = () => import("./d.js");',
  ];
  expect(withBoundImports(code.join('\n'))).toBe(code.join('\n'));
});
