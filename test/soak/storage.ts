import { bundledProgram } from '../program/bundled-program';
import { modelFiles, upload, wrongFiles } from '../faults/stormy-model';
import { StormyFetch } from '../faults/stormy-fetch';
import { seededRandom } from '../faults/seeded-random';
import { startVersitygw } from '../storage-servers/versitygw';
import type { SoakOptions } from './options';

const MB = 1_000_000;
const bucket = 'models';
const kills = 5;
const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * 2 GB in 64 files through a storm with silences of 30 seconds, which is what the initializer waits; killed five times on the way.
 *
 * @returns what is wrong in the end
 */
export async function soakStorage({ seed }: SoakOptions): Promise<readonly string[]> {
  say(`soak storage: 2 GB in 64 files, --seed ${seed}`);
  const files = modelFiles(64, 2000 * MB, 600 * MB);
  const random = seededRandom(seed);
  const [server, bundle] = await Promise.all([startVersitygw(), bundledProgram()]);
  try {
    await server.makeBucket(bucket);
    for (const [index, file] of files.entries()) {
      await upload(server, bucket, file);
      if (index % 16 === 15) say(`uploaded ${index + 1} files`);
    }
    const { program } = bundle;
    const fetch = await StormyFetch.begin({ server, bucket, program, random, breaksOffWithin: 16 * MB });
    try {
      return [
        ...(await killed(fetch, files.length)),
        ...(await finished(fetch)),
        ...(await wrongFiles(fetch.destination, files)),
      ];
    } finally {
      await fetch.end();
    }
  } finally {
    await server.stop();
    await bundle.remove();
  }
}

/** Kills the process five times, each time when ten more files are whole. */
async function killed(fetch: StormyFetch, count: number): Promise<readonly string[]> {
  const problems: string[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const [before, since] = [fetch.finishedFiles(), fetch.requests];
    const { code, output } = await fetch.run(() => fetch.finishedFiles() >= before + 10);
    say(`run ${kill}: ${fetch.finishedFiles()} files are whole, ${fetch.requests - since} requests, ended by ${code}`);
    if (code !== 'SIGKILL') problems.push(`run ${kill} ended with ${code} before it was killed: ${output.slice(-500)}`);
    problems.push(...fetchedAgain(fetch, count, before, since));
    problems.push(...fetch.published().map((name) => `${name} was published before all was there`));
  }
  return problems;
}

async function finished(fetch: StormyFetch): Promise<readonly string[]> {
  const since = fetch.requests;
  const { code, output } = await fetch.run();
  const [last = ''] = output.trim().split('\n').slice(-3);
  say(`last run: ${fetch.requests - since} requests, ended with ${code}: ${last}`);
  const problems = fetch.leftovers().map((name) => `${name} was left`);
  return code === '0' ? problems : [...problems, `the last run ended with ${code}: ${output.slice(-2000)}`];
}

function fetchedAgain(fetch: StormyFetch, count: number, before: number, since: number): readonly string[] {
  const asked = fetch.filesAsked(since);
  return asked <= count - before ? [] : [`${asked} files were asked for, although ${before} of ${count} were whole`];
}
