import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../../../controllers/component';
import { freePort } from '../../../cluster/free-port';
import { inTemporaryDirectory } from '../../../cluster/temporary-directory';
import { startForwardProxy } from '../../../doubles/forward-proxy/forward-proxy';
import { registryFaults, type RegistryFault } from '../../../doubles/model-registry/faults';
import { startModelRegistry, type ModelRegistry } from '../../../doubles/model-registry/server';
import { startTlsFront } from '../../../doubles/tls-front/tls-front';
import { refusal, resolution } from './resolution';

/** Bad days of a registry: what the user is told, and what is tried before. */
let registry: ModelRegistry;
const token = 'token-that-nobody-may-see';

beforeAll(async () => {
  registry = await startModelRegistry();
  const create = async (path: string, body: object) => {
    const url = `${registry.url}/api/model_registry/v1alpha3/${path}`;
    expect((await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status).toBe(201);
  };
  await create('registered_models', { name: 'iris' });
  await create('model_versions', { name: 'v1', registeredModelId: '1' });
  await create('model_versions/2/artifacts', { artifactType: 'model-artifact', uri: 's3://models/iris' });
});

afterAll(() => registry?.close());

beforeEach(() => {
  registry.clearFaults();
  registry.clearLog();
});

const base = (): Environment => ({ MODEL_REGISTRY_BASE_URL: new URL(registry.url).host });
const message = async (environment: Environment = base(), uri = 'model-registry://iris/v1') =>
  (await refusal(uri, environment)).message;
const finding = () =>
  `finding registered model iris at ${registry.url}/api/model_registry/v1alpha3/registered_model?name=iris: `;
const strike = (fault: RegistryFault, part = '', times = Infinity) =>
  registry.inject({ fault, times, matches: ({ path }) => path.includes(part) });
/** The longest a request may take, in seconds, and one try. */
const impatient = () => ({ ...base(), MODEL_REGISTRY_REQUEST_TIMEOUT: '1', MODEL_REGISTRY_MAX_ATTEMPTS: '1' });

describe('a registry that fails', () => {
  it.each<[string, RegistryFault, string]>([
    ['500', registryFaults.internalError, '500 driver: bad connection'],
    [
      'not connected to its database yet',
      registryFaults.startingUp,
      '503 "Datastore service is down or unavailable. Please check that the database is reachable and try again later."',
    ],
  ])('is asked three times when it says %s, and then named with its words (SI-10)', async (_, fault, words) => {
    strike(fault);
    expect(await message()).toBe(
      `${finding()}${words}; if iris is the host of a registry, list it in MODEL_REGISTRY_HOSTS`,
    );
    expect(registry.log).toHaveLength(3);
  });

  it('and then recovers is no failure, in any step (SI-10)', async () => {
    for (const [fault, part] of [
      [registryFaults.internalError, 'registered_model'],
      [registryFaults.reset, 'model_version'],
      [registryFaults.startingUp, 'artifacts'],
    ] as const) {
      strike(fault, part, 2);
    }
    expect((await resolution('model-registry://iris/v1', base())).resolved.uri).toBe('s3://models/iris');
  });

  it('at a step is told in the words of upstream for it', async () => {
    strike(registryFaults.internalError, '/model_version');
    expect(await message()).toMatch(
      /^error fetching model version: finding version v1 of registered model 1 at http.*: 500 driver: bad connection/,
    );
    registry.clearFaults();
    strike(registryFaults.internalError, '/versions');
    expect(await message(base(), 'model-registry://iris')).toMatch(
      /^error fetching model versions: listing versions of registered model 1 at http.*: 500 driver: bad connection/,
    );
  });

  it('with HTML instead of JSON is asked for its name', async () => {
    strike(registryFaults.loginPage);
    expect(await message()).toMatch(
      /^finding registered model iris at http.*: 200 with "<!doctype html>.*, is this a Model Registry\?$/,
    );
    expect(registry.log).toHaveLength(1);
  });

  it('with a 404 that is not its own is not taken for "no such model"', async () => {
    strike({ kind: 'answer', status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not Found</h1>' });
    expect(await message()).toBe(`${finding()}404 "<h1>Not Found</h1>"`);
  });

  it('and redirects to a login page is not followed', async () => {
    strike(registryFaults.redirectToLogin);
    expect(await message()).toBe(`${finding()}302`);
  });

  it('and never answers is left after the time-out (SI-10)', async () => {
    strike(registryFaults.silence);
    const before = performance.now();
    expect(await message(impatient())).toContain(`${finding()}no complete answer within 1 s`);
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it('and is down is named with its address (SI-10)', async () => {
    const port = await freePort();
    const text = await message({ MODEL_REGISTRY_BASE_URL: `127.0.0.1:${port}` });
    expect(text).toContain(`finding registered model iris at http://127.0.0.1:${port}/api/model_registry/`);
    expect(text).toContain('ECONNREFUSED');
  });

  it('and does not exist is perhaps a model with a dot in its name', async () => {
    const text = await message({ MODEL_REGISTRY_MAX_ATTEMPTS: '1' }, 'model-registry://llama-3.invalid/v1');
    expect(text).toContain(
      'llama-3.invalid is taken for the host of a registry: if it is a model, write model-registry://llama-3%2Einvalid/...',
    );
  });

  it('with a list that does not end is left', async () => {
    const body = JSON.stringify({ items: [], nextPageToken: 'same', pageSize: 100, size: 0 });
    strike({ kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body }, '/versions');
    expect(await message(base(), 'model-registry://iris')).toContain('the list does not end');
    expect(registry.log.length).toBeLessThan(5);
  });

  it('is not waited for when the pod is stopped', async () => {
    strike(registryFaults.silence);
    const stopped = AbortSignal.timeout(200);
    const before = performance.now();
    await expect(resolution('model-registry://iris/v1', base(), stopped)).rejects.toBeDefined();
    expect(performance.now() - before).toBeLessThan(3000);
  });
});

describe('the token', () => {
  const withToken = (work: (environment: Environment) => Promise<void>) =>
    inTemporaryDirectory(async (directory) => {
      const file = join(directory, 'token');
      await writeFile(file, `${token}\n`);
      await work({ ...base(), MODEL_REGISTRY_TOKEN_FILE: file });
    });
  const sent = () => new Set(registry.log.map(({ headers }) => headers.authorization));

  it('is sent with every request and in no line of the log (SI-10, SI-13)', async () => {
    await withToken(async (environment) => {
      const { log } = await resolution('model-registry://iris', environment);
      expect(sent()).toEqual(new Set([`Bearer ${token}`]));
      expect(log.join('\n')).not.toContain(token);
    });
  });

  it("is the ServiceAccount's when the operator says so (SI-10)", async () => {
    await inTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'token'), token);
      const environment = { ...base(), SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: directory };
      await resolution('model-registry://iris', environment);
      expect(sent()).toEqual(new Set([undefined]));
      registry.clearLog();
      await resolution('model-registry://iris', { ...environment, MODEL_REGISTRY_USE_SERVICE_ACCOUNT_TOKEN: 'true' });
      expect(sent()).toEqual(new Set([`Bearer ${token}`]));
    });
  });

  it('does not go to a host that only the URI names, and does to a listed one (SI-10)', async () => {
    const proxy = await startForwardProxy(() => registry.url);
    try {
      await withToken(async (environment) => {
        const elsewhere = { ...environment, MODEL_REGISTRY_BASE_URL: 'default.example:8080', HTTP_PROXY: proxy.url };
        await resolution('model-registry://other.example.com/iris/v1', elsewhere);
        expect(sent()).toEqual(new Set([undefined]));
        registry.clearLog();
        const listed = { ...elsewhere, MODEL_REGISTRY_HOSTS: 'other.example.com' };
        await resolution('model-registry://other.example.com/iris/v1', listed);
        expect(sent()).toEqual(new Set([`Bearer ${token}`]));
        registry.clearLog();
        strike(registryFaults.unauthorized);
        expect(await message(elsewhere, 'model-registry://other.example.com/iris/v1')).toContain(
          '401 "Unauthorized"; no token was sent, since only the URI names other.example.com: list it in MODEL_REGISTRY_HOSTS',
        );
      });
    } finally {
      await proxy.close();
    }
  });

  it('is asked for when the registry wants one, and is not shown when it is not enough (SI-10)', async () => {
    strike(registryFaults.unauthorized, '', 1);
    expect(await message()).toBe(
      `${finding()}401 "Unauthorized"; set MODEL_REGISTRY_TOKEN_FILE to a file with a token that the registry takes`,
    );
    strike(registryFaults.forbidden, '', 1);
    await withToken(async (environment) => {
      expect(await message(environment)).toBe(
        `${finding()}403 "Forbidden"; the token of MODEL_REGISTRY_TOKEN_FILE is not enough`,
      );
    });
  });

  it('that is missing or empty is an error that names its file (SI-10)', async () => {
    await inTemporaryDirectory(async (directory) => {
      const file = join(directory, 'token');
      const environment = { ...base(), MODEL_REGISTRY_TOKEN_FILE: file, MODEL_REGISTRY_MAX_ATTEMPTS: '1' };
      expect(await message(environment)).toContain(file);
      await writeFile(file, '\n');
      expect(await message(environment)).toContain(`the token file ${file} is empty`);
    });
  });
});

describe('TLS', () => {
  it('with a private authority works with MODEL_REGISTRY_CA_FILE, and is refused without (SI-10)', async () => {
    const front = await startTlsFront('localhost', registry.url);
    try {
      await inTemporaryDirectory(async (directory) => {
        const caFile = join(directory, 'ca.crt');
        await writeFile(caFile, front.ca);
        const environment = {
          MODEL_REGISTRY_BASE_URL: `localhost:${new URL(front.url).port}`,
          MODEL_REGISTRY_SCHEME: 'https',
        };
        expect(await message({ ...environment, MODEL_REGISTRY_MAX_ATTEMPTS: '1' })).toContain(
          'self-signed certificate',
        );
        const { resolved } = await resolution('model-registry://iris', {
          ...environment,
          MODEL_REGISTRY_CA_FILE: caFile,
        });
        expect(resolved).toMatchObject({ uri: 's3://models/iris' });
      });
    } finally {
      await front.close();
    }
  });

  it('a CA file that can not be used is a wrong variable (SI-10)', async () => {
    const error = await refusal('model-registry://iris', {
      MODEL_REGISTRY_SCHEME: 'https',
      MODEL_REGISTRY_CA_FILE: '/nowhere/ca.crt',
    });
    expect(error.name).toBe('ConfigError');
    expect(error.message).toContain('environment: MODEL_REGISTRY_CA_FILE: reading CA file /nowhere/ca.crt: ENOENT');
  });
});

it.each(['169.254.169.254/iris/v1', '[fe80::1]:80/iris/v1', '100.100.100.200/iris'])(
  'a URI can not make a registry of the metadata address %s (SI-01)',
  async (uri) => {
    expect(await message(base(), `model-registry://${uri}`)).toMatch(
      /^connection to http:.* refused: .* is a link-local or metadata address$/,
    );
    expect(registry.log).toEqual([]);
  },
);

it('a probe gets no token, one try, and no other answer than a list (SI-01)', async () => {
  const asked: (string | undefined)[] = [];
  const stranger = await startModelRegistry();
  const proxy = await startForwardProxy((host) => (/^iris(:80)?$/.test(host) ? stranger.url : registry.url));
  try {
    await inTemporaryDirectory(async (directory) => {
      const file = join(directory, 'token');
      await writeFile(file, token);
      const environment = {
        MODEL_REGISTRY_BASE_URL: 'default.example:8080',
        HTTP_PROXY: proxy.url,
        MODEL_REGISTRY_PROBE_HOSTS: 'true',
        MODEL_REGISTRY_TOKEN_FILE: file,
      };
      for (const fault of [registryFaults.loginPage, registryFaults.internalError, registryFaults.silence]) {
        stranger.clearFaults();
        stranger.inject({ fault });
        const { resolved } = await resolution('model-registry://iris/v1', environment);
        expect(resolved.registry).toBe('http://default.example:8080');
      }
      asked.push(...stranger.log.map(({ headers }) => headers.authorization));
    });
    expect(asked).toEqual([undefined, undefined, undefined]);
  } finally {
    await proxy.close();
    await stranger.close();
  }
});
