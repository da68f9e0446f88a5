import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyOf, type Shape } from './shapes';

/** The ceiling of writing: writes a shape's bytes to a folder as fast as one thread can, and says how many seconds that took. */
export function writeShape(directory: string, shape: Shape): number {
  const piece = Buffer.alloc(Math.min(1024 * 1024, shape.size), 7);
  const started = performance.now();
  mkdirSync(join(directory, dirname(keyOf(shape, 0))), { recursive: true });
  for (let index = 0; index < shape.files; index += 1) {
    const descriptor = openSync(join(directory, keyOf(shape, index)), 'wx');
    for (let written = 0; written < shape.size;) {
      written += writeSync(descriptor, piece, 0, Math.min(piece.length, shape.size - written));
    }
    closeSync(descriptor);
  }
  return (performance.now() - started) / 1000;
}
