import type { Answer } from '../model-registry/answer';

/** A file as every server of files answers: whole, or with 206 the range that was asked for. */
export function servedFile(
  content: string,
  range: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const bytes = Buffer.from(content);
  const asked = /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
  const all = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', ...headers };
  if (asked === null)
    return { status: 200, headers: { ...all, 'content-length': String(bytes.length) }, body: content };
  const [start, last] = [Number(asked[1]), Math.min(Number(asked[2]), bytes.length - 1)];
  const part = bytes.subarray(start, last + 1);
  return {
    status: 206,
    headers: {
      ...all,
      'content-length': String(part.length),
      'content-range': `bytes ${start}-${last}/${bytes.length}`,
    },
    body: part.toString('utf8'),
  };
}
