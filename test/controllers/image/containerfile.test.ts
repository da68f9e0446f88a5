import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { imageConfig } from '../../../controllers/image/image-config';
import { parseImageTask } from '../../../controllers/image/options';

const root = resolve(__dirname, '..', '..', '..');

const configSchema = z.object({
  config: z.object({
    User: z.string(),
    Env: z.array(z.string()),
    Entrypoint: z.array(z.string()),
    WorkingDir: z.string(),
  }),
});

describe('the Containerfile', () => {
  let lines: readonly string[];
  const argumentsOf = (instruction: string) =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));

  beforeAll(async () => {
    lines = (await readFile(join(root, 'Containerfile'), 'utf8')).split('\n');
  });

  it('makes an image that runs as the one of npm run image does', () => {
    const facts = { architecture: 'amd64', version: '0.0.0', epoch: 0, layers: [] } as const;
    const { config } = configSchema.parse(imageConfig(facts));
    expect(JSON.parse(argumentsOf('ENTRYPOINT').join())).toEqual(config.Entrypoint);
    expect(argumentsOf('USER')).toEqual([config.User]);
    expect(argumentsOf('ENV').flatMap((variables) => variables.split(' '))).toEqual(config.Env);
    expect(argumentsOf('WORKDIR').at(-1)).toBe(config.WorkingDir);
  });

  it('copies files that are there', async () => {
    const copied = argumentsOf('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(copied).toContain('controllers');
    for (const path of copied) await access(join(root, path));
  });

  it('lays the program out with flags that npm run image knows', () => {
    const command = argumentsOf('RUN').find((line) => line.includes('controllers/image/main.ts'));
    const flags = command?.split('controllers/image/main.ts')[1]?.trim().split(' ') ?? [];
    expect(parseImageTask(flags, '/src')).toEqual({ do: 'lay-out-app', out: '/out' });
  });
});
