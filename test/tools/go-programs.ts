import { createHash } from 'node:crypto';
import { access, constants, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withBuildLock } from '../cluster/binaries/build-lock';
import { goBuildProgram, goInstalled } from '../cluster/binaries/go-build';
import { toolCacheDirectory, toolsModule } from '../cluster/binaries/tool-cache';

/**
 * Programs of Go that tests use beside the API server's, each from a module of its own below test/tools: their requirements don't go
 * together.
 */
const programs = {
  argo: { module: 'argo', goPackage: '.' },
  'argo-lua': { module: 'argo-lua', goPackage: '.' },
  kubectl: { module: 'argo-lua', goPackage: './kubectl' },
  'kustomize-controller': { module: 'flux', goPackage: 'github.com/fluxcd/kustomize-controller' },
  'source-controller': { module: 'flux', goPackage: 'github.com/fluxcd/source-controller' },
  'oci-registry': { module: 'distribution', goPackage: 'github.com/distribution/distribution/v3/cmd/registry' },
  'fake-gcs-server': { module: 'fake-gcs-server', goPackage: 'github.com/fsouza/fake-gcs-server' },
  connect: { module: 'dsn', goPackage: './connect' },
  versitygw: { module: 'versitygw', goPackage: 'github.com/versity/versitygw/cmd/versitygw' },
  // Without the tag its regular expressions are ICU's, which need a C compiler.
  'mysql-server': { module: 'dsn', goPackage: './mysql-server', tags: ['gms_pure_go'] },
} as const satisfies Record<string, { module: string; goPackage: string; tags?: readonly string[] }>;

/** A program of Go that tests use. */
export type GoProgramName = keyof typeof programs;

/** How long a first build may take where Go's own cache is empty, in milliseconds. */
export const buildTimeout = 1_200_000;

/** Directory of the Go module that a program is built from. */
export function goModuleOf(name: GoProgramName): string {
  return join(toolsModule, programs[name].module);
}

/**
 * Path of a program, from the user's cache or built into it: minutes once, seconds when Go's build cache is warm. Another
 * state of the module (its requirements, our own Go files) is another program.
 *
 * @throws naming the program when Go is missing or the build fails
 */
export async function goProgram(name: GoProgramName): Promise<string> {
  const directory = join(dirname(await toolCacheDirectory(process.env)), await cacheKey(name));
  const path = join(directory, name);
  if (await isExecutable(path)) return path;
  if (!(await goInstalled())) {
    throw new Error(`building ${name}: go is not on the PATH; install Go 1.25 or later (https://go.dev/dl)`);
  }
  await mkdir(directory, { recursive: true });
  const { goPackage, tags = [] }: { goPackage: string; tags?: readonly string[] } = programs[name];
  return withBuildLock(
    join(directory, `.${name}.lock`),
    async () => {
      if (!(await isExecutable(path))) {
        await goBuildProgram(
          { name, module: goModuleOf(name), goPackage, ldflags: ['-s', '-w'], tags },
          directory,
          say,
        );
      }
      return path;
    },
    (seconds) => {
      if (seconds > 0 && seconds % 15 === 0) say(`waiting for another process that builds ${name} ... ${seconds} s`);
    },
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function cacheKey(name: GoProgramName): Promise<string> {
  const directory = goModuleOf(name);
  const hash = createHash('sha256');
  for (const file of (await readdir(directory, { recursive: true })).sort()) {
    if (/\.(go|mod|sum)$/.test(file)) hash.update(file).update(await readFile(join(directory, file)));
  }
  return `${programs[name].module}-${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
