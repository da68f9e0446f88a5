import { readFileSync } from 'node:fs';
import { environmentFile, generate } from './generate';

// What Argo CD runs in an Application's folder: objects to standard output, what is wrong to its user interface.
try {
  process.stdout.write(generate(readFileSync(environmentFile, 'utf8'), process.env['PARAM_COMPONENT'] ?? ''));
} catch (error) {
  process.stderr.write(`slipway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
