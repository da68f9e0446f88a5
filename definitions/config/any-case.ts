import * as z from 'zod';

/**
 * An object whose member names match in any case, as Go's JSON decoder matches them: the exact spelling wins over another one.
 * Members that are null count as absent, members of no name are ignored.
 */
export function anyCase<Shape extends z.core.$ZodShape>(shape: Shape) {
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return z.preprocess((written: unknown) => {
    if (typeof written !== 'object' || written === null || Array.isArray(written)) return written;
    const read = new Map<string, unknown>();
    for (const [written_, value] of Object.entries(written as Record<string, unknown>)) {
      const name = names.get(written_.toLowerCase());
      if (name === undefined || value === null || (name !== written_ && read.has(name))) continue;
      read.set(name, value);
    }
    return Object.fromEntries(read);
  }, z.object(shape));
}
