import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environments } from '../environments/environments';
import { renderEnvironment } from '../output/render-environment';
import { reviewPage } from './review-page';

const help = `npm run review [-- OPTIONS]: writes one HTML page for the review of what every environment renders

  --out FILE   write there instead of build/review.html
  --help       show this
`;

/** The command line is wrong; exit code 2. */
class UsageError extends Error {}

function options(args: string[]) {
  const flags = {
    out: { type: 'string', default: 'build/review.html' },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args, options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function main(args: string[]): void {
  const { out, help: helpWanted } = options(args);
  if (helpWanted) {
    process.stdout.write(help);
    return;
  }
  const rendered = environments.map((make) => {
    const environment = make();
    return { name: environment.name, components: renderEnvironment(environment) };
  });
  const asset = (name: string) => readFileSync(join(__dirname, name), 'utf8');
  const page = reviewPage(rendered, { style: asset('page.css'), script: asset('page.js') });
  const file = resolve(out);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  process.stdout.write(`${out}: ${rendered.length} environments, ${Buffer.byteLength(page)} bytes\n`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`review: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
